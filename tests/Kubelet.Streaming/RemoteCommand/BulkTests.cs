using System.Buffers.Binary;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Kubelet.Streaming.Tests.Support;

namespace VirtualKubelet.Kubelet.Streaming.Tests.RemoteCommand;

/// <summary>A hundred mebibytes through an echo, in both directions at once.</summary>
public class BulkTests
{
    private const long Bytes = 100L << 20;
    private const int PieceBytes = 32 * 1024;

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X14")]
    public async Task Exec_over_SPDY_echoes_every_byte()
    {
        await using var pair = await SocketPair.CreateAsync();
        var opening = RemoteCommandSession.OverSpdyAsync(
            pair.Server, "v4.channel.k8s.io", new() { Stdin = true, Stdout = true }, ExecServer.Options, TimeProvider.System, Deadline.Token());
        var client = new SpdyClient(pair.Client);
        var error = await client.OpenAsync("error");
        var stdin = await client.OpenAsync("stdin");
        var stdout = await client.OpenAsync("stdout");
        await using var session = await opening;
        var echo = EchoAsync(session);
        var sending = SendAsync(pair.Client, stdin);
        await ReceiveAsync(pair.Client, stdout);
        await client.ReadUntilAsync(f => f.StreamId == error && f.IsFin);
        Assert.Contains("Success", client.TextOf(error));
        await sending;
        client.Disconnect();
        await echo;
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X14")]
    public async Task Exec_over_WebSocket_echoes_every_byte()
    {
        await using var pair = await SocketPair.CreateAsync();
        await using var session = await RemoteCommandSession.OverWebSocketAsync(
            pair.Server, "v5.channel.k8s.io", new() { Stdin = true, Stdout = true }, ExecServer.Options, TimeProvider.System, Deadline.Token());
        using var client = new WsClient(pair.Client);
        var echo = EchoAsync(session);
        var sending = Task.Run(async () =>
        {
            var pattern = new Pattern();
            var message = new byte[1 + PieceBytes];
            while (pattern.Position < Bytes)
            {
                pattern.Next(PieceBytes).CopyTo(message.AsMemory(1));
                await client.SendAsync(message);
            }

            await client.SendAsync(255, 0);
        });
        var received = new Pattern();
        while (received.Position < Bytes)
        {
            var message = (await client.ReceiveAsync())!.Value.Message;
            Assert.True(message[0] == 1 && received.Continues(message.AsSpan(1)));
        }

        Assert.Contains("Success", System.Text.Encoding.UTF8.GetString((await client.ReceiveAsync())!.Value.Message));
        await sending;
        client.Dispose();
        await echo;
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "X14")]
    public async Task A_forwarded_connection_echoes_every_byte_beside_one_whose_target_never_reads()
    {
        await using var server = new ForwardServer();
        await using var pair = await SocketPair.CreateAsync();
        var running = server.Server.RunSpdyAsync(pair.Server, Deadline.Token());
        var client = new SpdyClient(pair.Client);
        var (_, stalled) = await client.OpenPairAsync(ForwardServer.NeverReads, "0");
        await client.SendAsync([.. Enumerable.Range(0, 3).Select(_ => SpdyBytes.Data(stalled, new byte[PieceBytes]))]);
        var (_, echo) = await client.OpenPairAsync(ForwardServer.Echo, "1");
        var sending = SendAsync(pair.Client, echo);
        await ReceiveAsync(pair.Client, echo);
        await sending;
        Assert.False(client.HasReset(stalled));
        client.Disconnect();
        await running;
    }

    private static async Task EchoAsync(RemoteCommandSession session)
    {
        await Pipes.EchoAsync(session.Stdin!, session.Stdout!);
        await session.CompleteAsync(RemoteCommandStatus.Success, Deadline.Token());
    }

    private static Task SendAsync(Stream stream, uint id) => Task.Run(async () =>
    {
        var pattern = new Pattern();
        var frame = SpdyBytes.Data(id, new byte[PieceBytes]);
        while (pattern.Position < Bytes)
        {
            pattern.Next(PieceBytes).CopyTo(frame.AsMemory(8));
            await stream.WriteAsync(frame, Deadline.Token());
        }

        await stream.WriteAsync(SpdyBytes.Data(id, [], isFin: true), Deadline.Token());
    });

    private static async Task ReceiveAsync(Stream stream, uint id)
    {
        var pattern = new Pattern();
        var header = new byte[8];
        var payload = new byte[1 << 16];
        while (true)
        {
            await stream.ReadExactlyAsync(header, Deadline.Token());
            var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)) & 0xFF_FFFF;
            await stream.ReadExactlyAsync(payload.AsMemory(0, length), Deadline.Token());
            if (BinaryPrimitives.ReadUInt32BigEndian(header) != id)
            {
                continue;
            }

            Assert.True(pattern.Continues(payload.AsSpan(0, length)));
            if ((header[4] & 1) != 0)
            {
                Assert.Equal(Bytes, pattern.Position);
                return;
            }
        }
    }
}
