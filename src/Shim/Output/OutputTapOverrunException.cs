namespace VirtualKubelet.Shim.Output;

/// <summary>Whoever watched a container's output fell too far behind.</summary>
internal sealed class OutputTapOverrunException()
    : Exception($"the reader fell {OutputTap.Bound / 1024} KiB behind the container's output; the log has all of it");
