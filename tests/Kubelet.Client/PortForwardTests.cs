using System.Net;
using VirtualKubelet.Kubelet.Client.Tests.Support;
using VirtualKubelet.Kubelet.Streaming.PortForward;

namespace VirtualKubelet.Kubelet.Client.Tests;

/// <summary>Connections to a pod's ports, over a tunnel and over channels.</summary>
public sealed class PortForwardTests
{
    private const int TestMilliseconds = 60_000;

    private static readonly PortForwardRequest Pod = new("ns", "p");

    [Fact(Timeout = TestMilliseconds)]
    [Trait("Item", "P10")]
    [Trait("Item", "P12")]
    public async Task Channels_carry_a_connection_for_each_port_in_order()
    {
        await using var kubelet = await ForwardKubelet.StartAsync(hasTunnel: false);
        using var client = new KubeletClient(kubelet.Options);
        await using var session = await client.ConnectAsync(Pod, [ForwardKubelet.Echo, ForwardKubelet.Greeter, ForwardKubelet.Echo], CancellationToken.None);

        await session.Connections[0].Output.WriteTextAsync("first");
        await session.Connections[2].Output.WriteTextAsync("third");

        Assert.Equal([8080, 8081, 8080], session.Connections.Select(c => c.Port));
        Assert.All(session.Connections, c => Assert.False(c.HasHalfClose));
        Assert.Equal("first", await session.Connections[0].Input.TextAsync(5));
        Assert.Equal("hello from the pod", await session.Connections[1].Input.TextAsync(18));
        Assert.Equal("third", await session.Connections[2].Input.TextAsync(5));
        Assert.Equal("/portForward/ns/p?port=8080%2C8081%2C8080", Assert.Single(kubelet.Requests));

        await session.DisposeAsync();
        await kubelet.TargetsAsync();
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Over_channels_a_pod_that_closes_is_no_failure_and_a_port_nobody_listens_on_is_one_in_words()
    {
        await using var kubelet = await ForwardKubelet.StartAsync(hasTunnel: false);
        using var client = new KubeletClient(kubelet.Options);
        await using var greeter = await client.ConnectAsync(Pod, [ForwardKubelet.Greeter], CancellationToken.None);
        await using var refused = await client.ConnectAsync(Pod with { Uid = "u" }, [9], CancellationToken.None);

        Assert.Equal("hello from the pod", await greeter.Connections[0].Input.TextAsync());
        Assert.Null(await greeter.Connections[0].Failure);
        Assert.Empty(await refused.Connections[0].Input.BytesAsync());
        Assert.StartsWith("error forwarding port 9 to pod pod-1, uid uid-1: Connection refused", await refused.Connections[0].Failure);
        Assert.Contains("/portForward/ns/p/u?port=9", kubelet.Requests);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Over_channels_a_connection_that_breaks_off_is_a_failure()
    {
        await using var kubelet = new ScriptedKubelet();
        kubelet.Answer = async (stream, cancellationToken) =>
        {
            await RawFrames.AcceptAsync(kubelet, stream, "v4.channel.k8s.io");
            await stream.WriteAsync((byte[])[.. RawFrames.Frame(2, [0, 80, 0]), .. RawFrames.Frame(2, [1, 80, 0]), .. RawFrames.Message(0, "part")], cancellationToken);
        };
        using var client = new KubeletClient(Trusting(kubelet));
        await using var session = await client.ConnectAsync(Pod, [80], CancellationToken.None);

        Assert.Equal("part", await session.Connections[0].Input.TextAsync());
        Assert.StartsWith("the connection to the kubelet has ended", await session.Connections[0].Failure);
        Assert.True(session.Connections[0].Aborted.IsCancellationRequested);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Channels_that_open_with_another_port_or_not_at_all_are_an_error()
    {
        await using var kubelet = new ScriptedKubelet();
        using var client = new KubeletClient(Trusting(kubelet));
        foreach (var bytes in (byte[][])[[.. RawFrames.Frame(2, [0, 80, 0]), .. RawFrames.Frame(2, [1, 81, 0])], RawFrames.Close(1000), RawFrames.Frame(2, [0, 80])])
        {
            kubelet.Answer = async (stream, cancellationToken) =>
            {
                await RawFrames.AcceptAsync(kubelet, stream, "v4.channel.k8s.io");
                await stream.WriteAsync(bytes, cancellationToken);
            };

            await Assert.ThrowsAsync<KubeletProtocolException>(() => client.ConnectAsync(Pod, [80], CancellationToken.None));
        }
    }

    [Fact(Timeout = TestMilliseconds)]
    [Trait("Item", "P5")]
    [Trait("Item", "P13")]
    public async Task A_tunnel_carries_many_connections_at_once()
    {
        await using var kubelet = await ForwardKubelet.StartAsync();
        using var client = new KubeletClient(kubelet.Options);
        await using var tunnel = await client.OpenTunnelAsync(Pod, CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await using var connection = await tunnel.ConnectAsync(ForwardKubelet.Echo, CancellationToken.None);
            Assert.True(connection.HasHalfClose);
            await connection.Output.WriteTextAsync($"connection {i}");
            await connection.Output.CompleteAsync();
            Assert.Equal($"connection {i}", await connection.Input.TextAsync());
            Assert.Null(await connection.Failure);
        }));

        Assert.Equal("/portForward/ns/p", Assert.Single(kubelet.Requests));
        Assert.Equal(200, kubelet.Connected);
        await kubelet.TargetsAsync();
    }

    [Fact(Timeout = TestMilliseconds)]
    [Trait("Item", "P7")]
    public async Task In_a_tunnel_either_side_may_end_first()
    {
        await using var kubelet = await ForwardKubelet.StartAsync();
        using var client = new KubeletClient(kubelet.Options);
        await using var forwarder = client.ForwardPorts(Pod);
        await using var asks = await forwarder.ConnectAsync(ForwardKubelet.AnswersAtEnd, CancellationToken.None);
        await using var listens = await forwarder.ConnectAsync(ForwardKubelet.Greeter, CancellationToken.None);

        await asks.Output.WriteAsync(new byte[1_000_000]);
        await asks.Output.CompleteAsync();

        Assert.Equal("got 1000000 bytes", await asks.Input.TextAsync());
        Assert.Equal("hello from the pod", await listens.Input.TextAsync());
        Assert.Null(await asks.Failure);
        Assert.Null(await listens.Failure);
    }

    [Fact(Timeout = TestMilliseconds)]
    [Trait("Item", "P6")]
    public async Task In_a_tunnel_a_refused_port_and_a_reset_are_told_and_leave_the_others_alone()
    {
        await using var kubelet = await ForwardKubelet.StartAsync();
        using var client = new KubeletClient(kubelet.Options);
        await using var forwarder = client.ForwardPorts(Pod);
        await using var echo = await forwarder.ConnectAsync(ForwardKubelet.Echo, CancellationToken.None);
        await using var refused = await forwarder.ConnectAsync(9, CancellationToken.None);
        await using var resets = await forwarder.ConnectAsync(ForwardKubelet.Resets, CancellationToken.None);

        Assert.StartsWith("error forwarding port 9 to pod pod-1, uid uid-1: Connection refused", await refused.Failure);
        Assert.Empty(await refused.Input.BytesAsync());
        Assert.Equal("so far", await resets.Input.TextAsync(6));
        await resets.Output.WriteTextAsync("!");
        Assert.Empty(await resets.Input.BytesAsync());
        Assert.True(resets.Aborted.IsCancellationRequested);
        Assert.Equal("port 8083: the pod's side was reset", await resets.Failure);
        await echo.Output.WriteTextAsync("still here");
        Assert.Equal("still here", await echo.Input.TextAsync(10));
        Assert.False(echo.Failure.IsCompleted);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Over_channels_a_target_that_breaks_off_is_told_in_words()
    {
        await using var kubelet = await ForwardKubelet.StartAsync(hasTunnel: false);
        using var client = new KubeletClient(kubelet.Options);
        await using var forwarder = client.ForwardPorts(Pod);
        await using var resets = await forwarder.ConnectAsync(ForwardKubelet.Resets, CancellationToken.None);

        Assert.Equal("so far", await resets.Input.TextAsync(6));
        await resets.Output.WriteTextAsync("!");

        Assert.Empty(await resets.Input.BytesAsync());
        Assert.StartsWith("error forwarding port 8083 to pod pod-1, uid uid-1: ", await resets.Failure);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Disposing_a_connection_closes_the_pods_side_also_after_its_output_has_ended()
    {
        await using var kubelet = await ForwardKubelet.StartAsync();
        using var client = new KubeletClient(kubelet.Options);
        await using var forwarder = client.ForwardPorts(Pod);
        var open = await forwarder.ConnectAsync(ForwardKubelet.Echo, CancellationToken.None);
        var halfClosed = await forwarder.ConnectAsync(ForwardKubelet.AnswersAtEnd, CancellationToken.None);

        await halfClosed.Output.CompleteAsync();
        await open.DisposeAsync();
        await halfClosed.DisposeAsync();

        await kubelet.TargetsAsync();
        Assert.Equal(2, kubelet.Connected);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_tunnel_that_ends_takes_its_connections_along_and_the_next_connection_opens_another()
    {
        await using var first = await ForwardKubelet.StartAsync();
        var options = first.Options;
        using var client = new KubeletClient(options with { PinnedCertificateFile = null, Insecure = true });
        await using var forwarder = client.ForwardPorts(Pod);
        await using var connection = await forwarder.ConnectAsync(ForwardKubelet.Echo, CancellationToken.None);

        await first.DisposeAsync();
        Assert.Empty(await connection.Input.BytesAsync());
        Assert.NotNull(await connection.Failure);
        await Assert.ThrowsAsync<HttpRequestException>(() => forwarder.ConnectAsync(ForwardKubelet.Echo, CancellationToken.None));

        await using var second = await ForwardKubelet.StartAsync(port: options.Server.Port);
        await using var next = await forwarder.ConnectAsync(ForwardKubelet.Greeter, CancellationToken.None);
        Assert.Equal("hello from the pod", await next.Input.TextAsync());
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Without_SPDY_each_connection_has_a_websocket_and_better_ways_are_asked_for_once()
    {
        await using var kubelet = await ForwardKubelet.StartAsync(hasTunnel: false);
        using var client = new KubeletClient(kubelet.Options);
        await using var forwarder = client.ForwardPorts(Pod);

        for (var i = 0; i < 3; i++)
        {
            await using var connection = await forwarder.ConnectAsync(ForwardKubelet.Greeter, CancellationToken.None);
            Assert.Equal("hello from the pod", await connection.Input.TextAsync());
            Assert.Null(await connection.Failure);
        }

        Assert.Equal(["/portForward/ns/p", "/portForward/ns/p", .. Enumerable.Repeat("/portForward/ns/p?port=8081", 3)], kubelet.Requests);
    }

    [Theory(Timeout = TestMilliseconds)]
    [InlineData(401, "Unauthorized", 1)]
    [InlineData(403, "Forbidden (user=u, verb=get, resource=nodes, subresource(s)=[proxy])", 1)]
    [InlineData(403, "", 3)]
    [InlineData(404, "pod does not exist", 1)]
    [InlineData(500, "who knows", 3)]
    public async Task Only_a_refusal_that_another_way_would_not_change_is_final(int status, string body, int requests)
    {
        await using var kubelet = await TestKubelet.StartAsync(context => TestKubelet.RefuseAsync(context, status, body));
        using var client = new KubeletClient(kubelet.Options);
        await using var forwarder = client.ForwardPorts(Pod);

        var error = await Assert.ThrowsAsync<KubeletRequestException>(() => forwarder.ConnectAsync(80, CancellationToken.None));

        Assert.Equal((HttpStatusCode)status, error.Status);
        Assert.Equal(requests, kubelet.Requests.Count);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_stalled_reader_holds_up_no_other_connection_and_loses_nothing()
    {
        const int Bytes = 16 << 20;
        await using var kubelet = await ForwardKubelet.StartAsync();
        using var client = new KubeletClient(kubelet.Options);
        await using var forwarder = client.ForwardPorts(Pod);
        await using var stalled = await forwarder.ConnectAsync(ForwardKubelet.Echo, CancellationToken.None);
        await using var other = await forwarder.ConnectAsync(ForwardKubelet.Echo, CancellationToken.None);

        var flooding = FloodAsync(stalled, Bytes);
        var unread = await stalled.Input.ReadAtLeastAsync(100_000);
        await other.Output.WriteTextAsync("me too");
        Assert.Equal("me too", await other.Input.TextAsync(6));
        Assert.False(flooding.IsCompleted);

        stalled.Input.AdvanceTo(unread.Buffer.Start);
        Assert.Equal(Bytes, (await stalled.Input.BytesAsync()).Length);
        await flooding;
    }

    private static KubeletClientOptions Trusting(ScriptedKubelet kubelet) => new() { Server = kubelet.Uri, PinnedCertificateFile = kubelet.CertificateFile };

    private static async Task FloodAsync(ForwardedConnection connection, int bytes)
    {
        for (var left = bytes; left > 0; left -= 64 * 1024)
        {
            await connection.Output.WriteAsync(new byte[64 * 1024]);
        }

        await connection.Output.CompleteAsync();
    }
}
