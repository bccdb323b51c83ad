namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>One channel of a WebSocket, all of which exist from its beginning.</summary>
/// <param name="Number">Its number.</param>
/// <param name="IsInput">Whether what the peer sends on it is wanted; otherwise it is discarded.</param>
/// <param name="Headers">What it is for, in the words by which a SPDY client would have opened a stream.</param>
/// <param name="Greeting">Payload of the message that opens it; null for none.</param>
internal sealed record ChannelDefinition(
    byte Number, bool IsInput, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte>? Greeting = null);
