namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>Size of the client's terminal in characters; zeros occur and mean unknown.</summary>
public readonly record struct TerminalSize(ushort Width, ushort Height);
