namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>Dials a TCP port of 127.0.0.1 inside the job.</summary>
/// <param name="Port">1 to 65535.</param>
public sealed record ConnectMessage(int Port);
