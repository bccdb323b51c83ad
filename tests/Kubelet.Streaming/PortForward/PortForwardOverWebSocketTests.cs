using System.Net.WebSockets;
using System.Text;
using VirtualKubelet.Kubelet.Streaming.PortForward;
using VirtualKubelet.Kubelet.Streaming.Tests.Support;
using VirtualKubelet.Kubelet.Streaming.WebSockets;

namespace VirtualKubelet.Kubelet.Streaming.Tests.PortForward;

public class PortForwardOverWebSocketTests
{
    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P10")]
    public async Task Each_channel_opens_with_its_port_in_the_order_asked_for()
    {
        await using var server = new ForwardServer();
        await using var pair = await SocketPair.CreateAsync();
        var running = server.Server.RunWebSocketAsync(pair.Server, "v4.channel.k8s.io", [80, 443], Deadline.Token());
        using var client = new WsClient(pair.Client);
        foreach (var expected in new[] { "005000", "015000", "02BB01", "03BB01" })
        {
            Assert.Equal(Convert.FromHexString(expected), (await client.ReceiveAsync())!.Value.Message);
        }

        // Nothing listens on either: a message each, and the close when both have ended.
        var rest = await client.ReceiveAllAsync();
        Assert.Equal([1, 3], rest.Select(m => (int)m.Message[0]).Order());
        Assert.All(rest, m => Assert.StartsWith("error forwarding port ", Encoding.UTF8.GetString(m.Message.AsSpan(1))));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseCode);
        client.Dispose();
        await running;
    }

    [Theory(Timeout = Deadline.Milliseconds)]
    [InlineData(null)]
    [InlineData("v4.channel.k8s.io")]
    public async Task All_ports_run_at_once_and_the_socket_closes_after_the_last(string? protocol)
    {
        await using var server = new ForwardServer();
        await using var pair = await SocketPair.CreateAsync();
        var running = server.Server.RunWebSocketAsync(pair.Server, protocol, [ForwardServer.Echo, ForwardServer.Greeter], Deadline.Token());
        using var client = new WsClient(pair.Client);
        await client.SendAsync([0, .. "to the pod"u8]);
        var (echoed, greeted) = ("", "");
        while (echoed != "to the pod" || greeted != "hello from the pod")
        {
            var message = (await client.ReceiveAsync())!.Value.Message;
            if (message.Length > 3)
            {
                var text = Encoding.UTF8.GetString(message.AsSpan(1));
                (echoed, greeted) = message[0] == 0 ? (echoed + text, greeted) : (echoed, greeted + text);
            }
        }

        Assert.False(running.IsCompleted);
        client.Dispose();
        await running;
        await server.TargetsAsync();
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task In_base64_channels_are_characters()
    {
        await using var server = new ForwardServer();
        await using var pair = await SocketPair.CreateAsync();
        var running = server.Server.RunWebSocketAsync(pair.Server, "v4.base64.channel.k8s.io", [ForwardServer.Greeter], Deadline.Token());
        using var client = new WsClient(pair.Client);
        var texts = (await client.ReceiveAllAsync()).Select(m => Encoding.ASCII.GetString(m.Message)).ToList();
        Assert.Equal(["0kR8=", "1kR8=", "0aGVsbG8gZnJvbSB0aGUgcG9k"], texts);
        client.Dispose();
        await running;
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P13")]
    public async Task A_tunnel_carries_SPDY_in_slices_of_any_size()
    {
        await using var server = new ForwardServer();
        await using var pair = await SocketPair.CreateAsync();
        var running = server.Server.RunTunnelAsync(pair.Server, Deadline.Token());
        var tunnel = new TunnelStream(pair.Client, isClient: true, ForwardServer.Options, TimeProvider.System);
        var client = new SpdyClient(tunnel);
        var (error, data) = await client.OpenPairAsync(ForwardServer.AnswersAtEnd, "0");
        var bytes = Enumerable.Range(0, 300_000).Select(i => (byte)(i >> 3)).ToArray();
        byte[] frames = [.. bytes.Chunk(30_000).SelectMany(chunk => SpdyBytes.Data(data, chunk)), .. SpdyBytes.Data(data, [], isFin: true), .. SpdyBytes.Ping(1)];
        foreach (var slice in frames.Chunk(7777))
        {
            await client.SendAsync(slice);
        }

        await client.ReadUntilAsync(_ => client.HasFin(error) && client.HasFin(data));
        Assert.Equal(bytes.Reverse(), client.BytesOf(data));
        Assert.Contains(client.Received, f => f.Type == ClientFrame.Ping);
        await tunnel.DisposeAsync();
        await running;
        await server.TargetsAsync();
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P13")]
    public async Task A_text_message_breaks_a_tunnel_and_a_close_frame_ends_it()
    {
        await using var server = new ForwardServer();
        foreach (var isText in new[] { true, false })
        {
            await using var pair = await SocketPair.CreateAsync();
            var running = server.Server.RunTunnelAsync(pair.Server, Deadline.Token());
            using var client = new WsClient(pair.Client);
            await (isText ? client.SendTextAsync("hello") : client.CloseAsync());
            await client.ReceiveAllAsync();
            Assert.Equal(isText ? WebSocketCloseStatus.ProtocolError : WebSocketCloseStatus.NormalClosure, client.CloseCode);
            await running;
        }
    }

    [Theory]
    [Trait("Item", "P11")]
    [InlineData(new string[0], null, "query parameter \"port\" is required")]
    [InlineData(new[] { "" }, null, "query parameter \"port\" cannot be empty")]
    [InlineData(new[] { "abc" }, null, "unable to parse \"abc\" as a port: strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData(new[] { "80,,443" }, null, "unable to parse \"80,,443\" as a port: strconv.ParseUint: parsing \"\": invalid syntax")]
    [InlineData(new[] { "80", "70000" }, null, "unable to parse \"70000\" as a port: strconv.ParseUint: parsing \"70000\": value out of range")]
    [InlineData(new[] { "0" }, null, "port \"0\" must be > 0")]
    [InlineData(new[] { "80,443", "80" }, new[] { 80, 443, 80 }, null)]
    [Trait("Item", "P10")]
    public void The_ports_of_the_query_are_read_as_the_kubelet_reads_them(string[] values, int[]? ports, string? error)
    {
        Assert.Equal(error is null, ForwardedPorts.TryParse(values, out var parsed, out var said));
        Assert.Equal(ports, parsed);
        Assert.Equal(error, said);
    }

    [Fact]
    public void More_ports_than_channels_are_refused() =>
        Assert.False(ForwardedPorts.TryParse([string.Join(',', Enumerable.Range(1, 129))], out _, out _));
}
