namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Something to be told about a container; never a value.</summary>
internal sealed record ContainerNote(string Container, string Message);
