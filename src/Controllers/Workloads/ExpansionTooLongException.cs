namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Variables that refer to each other grew beyond what a process can be given.</summary>
internal sealed class ExpansionTooLongException(int maxLength)
    : Exception($"expands to more than {maxLength} characters");
