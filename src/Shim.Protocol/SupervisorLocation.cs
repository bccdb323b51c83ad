namespace VirtualKubelet.Shim.Protocol;

/// <summary>Where the shim that runs a pod can be found, by other processes of the same user on the same node.</summary>
/// <param name="Pid">Its process ID.</param>
/// <param name="Socket">Path of the Unix socket on which it answers, in a directory of the node that only the user can enter; absent when it has none.</param>
public sealed record SupervisorLocation(int Pid, string? Socket);
