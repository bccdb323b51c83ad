using System.Net.Security;
using System.Net.Sockets;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Sessions;

public sealed class VanishedClientTests
{
    private const string Path = "/exec/ns/p/c?input=1&output=1&command=sleep";

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Item", "X18")]
    [Trait("Item", "W12")]
    public async Task A_client_that_vanishes_while_nobody_takes_its_input_is_noticed(bool isSpdy)
    {
        await using var kubelet = await TestKubelet.StartAsync(o => o with { Streaming = TestKubelet.Streaming with { StallTimeout = TimeSpan.FromMilliseconds(200) } });
        kubelet.Provider.Exec = async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        };
        var (socket, stream) = await kubelet.ConnectSocketAsync();
        var flooding = isSpdy ? FloodSpdyAsync(kubelet, stream) : FloodWebSocketAsync(kubelet, stream);
        await Waiting.UntilAsync(() => kubelet.Provider.Running == 1);
        await Assert.ThrowsAsync<TimeoutException>(() => flooding.WaitAsync(TimeSpan.FromSeconds(1)));

        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();

        await Waiting.UntilAsync(() => kubelet.Provider.Running == 0);
        await Assert.ThrowsAnyAsync<Exception>(() => flooding);
    }

    private static async Task FloodSpdyAsync(TestKubelet kubelet, SslStream stream)
    {
        await kubelet.UpgradeAsync(stream, "POST " + Path, UpgradeHeaders.Spdy("v4.channel.k8s.io"));
        var client = new SpdyClient(stream);
        await client.OpenAsync("error");
        var stdin = await client.OpenAsync("stdin");
        await client.OpenAsync("stdout");
        for (var block = SpdyBytes.Data(stdin, new byte[32 * 1024]); ;)
        {
            await client.SendAsync(block);
        }
    }

    private static async Task FloodWebSocketAsync(TestKubelet kubelet, SslStream stream)
    {
        await kubelet.UpgradeAsync(stream, "GET " + Path, UpgradeHeaders.WebSocket("v5.channel.k8s.io"));
        using var client = new WsClient(stream);
        for (var block = new byte[32 * 1024]; ;)
        {
            await client.SendAsync(block);
        }
    }
}
