using VirtualKubelet.Kubelet.Streaming.WebSockets;

namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>The channels of exec and attach over WebSocket: 0 stdin, 1 stdout, 2 stderr, 3 error, 4 resize.</summary>
internal static class RemoteCommandChannels
{
    private const byte HighestChannel = 4;

    public static ChannelProtocol ProtocolOf(string? protocol) => new(
        RemoteCommandProtocols.IsBase64(protocol), protocol == RemoteCommandProtocols.V5 ? HighestChannel : null);

    /// <summary>The same channels from the client's side, which greets nobody.</summary>
    public static IReadOnlyList<ChannelDefinition> DefineClient(RemoteCommandStreams streams) =>
        [.. Define(streams).Select(channel => channel with { IsInput = !channel.IsInput, Greeting = null })];

    /// <summary>
    /// The channels that were asked for; the others exist for the client, but what it sends on them is discarded.
    /// The server says hello with an empty message on the first output, as the kubelet does.
    /// </summary>
    public static IReadOnlyList<ChannelDefinition> Define(RemoteCommandStreams streams)
    {
        var greeted = streams.Stdout ? StreamHeaders.Stdout : streams.HasStderr ? StreamHeaders.Stderr : StreamHeaders.Error;
        (string Type, bool IsWanted, bool IsInput)[] channels =
        [
            (StreamHeaders.Stdin, streams.Stdin, true),
            (StreamHeaders.Stdout, streams.Stdout, false),
            (StreamHeaders.Stderr, streams.HasStderr, false),
            (StreamHeaders.Error, true, false),
            (StreamHeaders.Resize, streams.Tty, true),
        ];
        return
        [
            .. channels.Index().Where(c => c.Item.IsWanted).Select(c => new ChannelDefinition(
                (byte)c.Index,
                c.Item.IsInput,
                new Dictionary<string, string> { [StreamHeaders.StreamType] = c.Item.Type },
                c.Item.Type == greeted ? ReadOnlyMemory<byte>.Empty : (ReadOnlyMemory<byte>?)null)),
        ];
    }
}
