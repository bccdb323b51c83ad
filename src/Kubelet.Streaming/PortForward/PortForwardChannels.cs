using System.Buffers.Binary;
using System.Globalization;
using VirtualKubelet.Kubelet.Streaming.WebSockets;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>The channels of port-forward over WebSocket: 2i data and 2i + 1 error of port i, each opened by a message with the port, little-endian.</summary>
internal static class PortForwardChannels
{
    public static ChannelProtocol ProtocolOf(string? protocol) => new(protocol == PortForwardProtocols.V4Base64, HighestClosable: null);

    public static IReadOnlyList<ChannelDefinition> Define(IReadOnlyList<int> ports) =>
        [.. ports.SelectMany((port, i) => (ChannelDefinition[])[Define(i, port, StreamHeaders.Data), Define(i, port, StreamHeaders.Error)])];

    /// <summary>The same channels from the client's side, which reads all of them and greets nobody.</summary>
    public static IReadOnlyList<ChannelDefinition> DefineClient(IReadOnlyList<int> ports) =>
        [.. Define(ports).Select(channel => channel with { IsInput = true, Greeting = null })];

    private static ChannelDefinition Define(int index, int port, string type)
    {
        var isData = type == StreamHeaders.Data;
        var greeting = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(greeting, (ushort)port);
        var headers = new Dictionary<string, string>
        {
            [StreamHeaders.StreamType] = type,
            [StreamHeaders.Port] = port.ToString(CultureInfo.InvariantCulture),
            [StreamHeaders.RequestId] = index.ToString(CultureInfo.InvariantCulture),
        };
        return new ChannelDefinition((byte)((2 * index) + (isData ? 0 : 1)), isData, headers, greeting);
    }
}
