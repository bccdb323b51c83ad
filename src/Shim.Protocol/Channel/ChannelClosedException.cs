namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>The channel has ended, and with it what was under way.</summary>
public sealed class ChannelClosedException(string message, Exception? innerException = null) : Exception(message, innerException);
