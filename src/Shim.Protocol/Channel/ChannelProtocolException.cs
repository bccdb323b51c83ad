namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>The peer broke the wire format or its bounds; the channel ends.</summary>
public sealed class ChannelProtocolException(string message) : Exception($"the channel's peer sent {message}");
