namespace VirtualKubelet.Shim.Protocol;

/// <summary>Where the shim that runs a pod can be found, by other processes of the same user on the same node.</summary>
/// <param name="Pid">Its process ID.</param>
/// <param name="Socket">Name of the abstract Unix socket (unix(7)) of the node on which it answers its own user; absent when it has none.</param>
public sealed record SupervisorLocation(int Pid, string? Socket);
