namespace VirtualKubelet.Shim.Protocol;

/// <summary>A container whose process is alive.</summary>
/// <param name="StartedAt">When it was started, by the compute node's clock.</param>
/// <param name="Pid">Process ID on the compute node; also the ID of its session and process group.</param>
public sealed record ContainerRunning(DateTimeOffset StartedAt, int Pid);
