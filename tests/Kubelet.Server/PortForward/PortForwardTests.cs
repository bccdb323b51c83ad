using System.IO.Pipelines;
using System.Text;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.PortForward;

public sealed class PortForwardTests
{
    private const string Path = "/portForward/ns/p";
    private const string Protocol = "portforward.k8s.io";

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "P1")]
    [InlineData("POST /portForward/ns/nope", 404, "pod does not exist")]
    [InlineData("GET /portForward/ns/nope/uid-1", 404, "pod does not exist")]
    [InlineData("POST /portForward/ns/p/uid-2", 404, "pod not found")]
    [InlineData("POST /portForward/ns/p/uid-1", 500, "Upgrade request required\n")]
    [InlineData("GET /portForward/ns/p?port=abc", 500, "Upgrade request required\n")]
    public async Task Errors_come_in_thekubelets_order_with_its_words(string request, int status, string body)
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        var response = await kubelet.SendRawAsync(request, "Content-Length: 0\r\n");

        Assert.Equal((status, body), (response.Status, response.Body));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "P11")]
    [InlineData("", "v4.channel.k8s.io", 400, "query parameter \"port\" is required")]
    [InlineData("?port=", "v4.channel.k8s.io", 400, "query parameter \"port\" cannot be empty")]
    [InlineData("?port=abc", "v4.channel.k8s.io", 400, "unable to parse \"abc\" as a port: strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("?port=0", "v4.channel.k8s.io", 400, "port \"0\" must be > 0")]
    [InlineData("?port=80", "channel.k8s.io", 403, "")]
    [InlineData("?port=80", "SPDY/3.1+other.k8s.io", 403, "")]
    public async Task A_WebSocket_needs_ports_and_a_protocol_that_has_them(string query, string protocol, int status, string body)
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        var (answer, _) = await kubelet.UpgradeAsync("GET " + Path + query, UpgradeHeaders.WebSocket(protocol));

        Assert.Equal((status, body), (answer.Status, answer.Body));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Ports_are_looked_at_before_the_pod()
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        var (answer, _) = await kubelet.UpgradeAsync("GET /portForward/ns/nope?port=abc", UpgradeHeaders.WebSocket("v4.channel.k8s.io"));

        Assert.Equal(400, answer.Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_pod_that_is_not_up_is_not_found_and_one_whose_containers_wait_to_start_again_is()
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        kubelet.Shelf.Pods[0] = Samples.Pod(Samples.Status("c", Samples.Waiting("CrashLoopBackOff")));
        var (down, _) = await kubelet.UpgradeAsync("POST " + Path, UpgradeHeaders.Spdy(Protocol));
        Assert.Equal((500, "pod not found (\"p_ns\")"), (down.Status, down.Body));

        kubelet.Shelf.Pods[0] = kubelet.Shelf.Pods[0] with { Status = new PodStatus { Phase = PodPhases.Running } };
        var (up, _) = await kubelet.UpgradeAsync("POST " + Path, UpgradeHeaders.Spdy(Protocol));
        Assert.Equal(101, up.Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "P1")]
    public async Task Over_SPDY_only_its_own_protocol_is_known()
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        var (answer, _) = await kubelet.UpgradeAsync("POST " + Path, UpgradeHeaders.Spdy(Protocol));
        Assert.Equal((101, Protocol), (answer.Status, Assert.Single(answer.Headers("X-Stream-Protocol-Version"))));

        var (refused, _) = await kubelet.UpgradeAsync("POST " + Path, UpgradeHeaders.Spdy("v4.channel.k8s.io"));
        Assert.Equal((403, Protocol), (refused.Status, Assert.Single(refused.Headers("X-Accepted-Stream-Protocol-Versions"))));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "P2")]
    [Trait("Item", "P7")]
    [InlineData("error", "data")]
    [InlineData("data", "error")]
    public async Task Bytes_go_both_ways_and_the_answer_to_a_half_close_comes_whole(params string[] order)
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        var client = await kubelet.SpdyAsync(Path + "/uid-1", Protocol);
        var ids = new Dictionary<string, uint>();
        foreach (var type in order)
        {
            ids[type] = await client.OpenAsync(type, ("port", "8080"), ("requestid", "0"));
        }

        await client.SendAsync(SpdyBytes.Data(ids["error"], [], isFin: true), SpdyBytes.Data(ids["data"], "hello"u8));
        while (client.TextOf(ids["data"]) != "hello")
        {
            await client.ReadAsync();
        }

        await client.SendAsync(SpdyBytes.Data(ids["data"], [], isFin: true));
        await client.ReadUntilAsync(_ => client.HasFin(ids["data"]) && client.HasFin(ids["error"]));

        Assert.Equal(("hello<end>", ""), (client.TextOf(ids["data"]), client.TextOf(ids["error"])));
        Assert.Equal((new WorkloadId("ns", "p", "uid-1"), 8080), Assert.Single(kubelet.Provider.Connects));
        client.Disconnect();
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "P6")]
    [InlineData(false, "error forwarding port 1 to pod uid-1, uid uid-1: connection refused by 127.0.0.1:1 in the job")]
    [InlineData(true, "error forwarding port 1 to pod uid-1, uid uid-1: the agent's log has the reason")]
    public async Task A_port_that_nobody_listens_on_is_one_message_and_both_streams_end(bool isUnforeseen, string text)
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        if (isUnforeseen)
        {
            kubelet.Provider.Connect = (_, _) => throw new InvalidOperationException("secret detail");
        }

        var client = await kubelet.SpdyAsync(Path, Protocol);
        var (error, data) = await client.OpenPairAsync(Targets.Refused, "0");

        await client.ReadUntilAsync(_ => client.HasFin(error) && client.HasReset(data));

        Assert.Equal(text, client.TextOf(error));
        client.Disconnect();
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "P9")]
    public async Task When_the_client_leaves_every_target_is_let_go()
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        var client = await kubelet.SpdyAsync(Path, Protocol);
        for (var i = 0; i < 20; i++)
        {
            var (_, data) = await client.OpenPairAsync(8000 + i, $"{i}");
            await client.SendAsync(SpdyBytes.Data(data, "x"u8));
            await client.ReadUntilAsync(f => f.StreamId == data && f.Payload.Length > 0);
        }

        Assert.Equal(20, targets.Open);
        client.Disconnect();

        await Waiting.UntilAsync(() => targets.Open == 0);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "P10")]
    [Trait("Item", "P12")]
    public async Task Over_WebSocket_each_channel_begins_with_its_port_and_v4_is_chosen()
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        var (answer, stream) = await kubelet.UpgradeAsync(
            $"GET {Path}?port=80,443", UpgradeHeaders.WebSocket("v5.channel.k8s.io, v4.channel.k8s.io"));
        Assert.Equal((101, "v4.channel.k8s.io"), (answer.Status, Assert.Single(answer.Headers("Sec-WebSocket-Protocol"))));
        using var client = new WsClient(stream);

        foreach (var expected in (byte[][])[[0, 0x50, 0], [1, 0x50, 0], [2, 0xBB, 1], [3, 0xBB, 1]])
        {
            Assert.Equal(expected, (await client.ReceiveAsync())!.Value.Message);
        }

        await client.SendAsync([2, .. "tls"u8]);
        Assert.Equal([2, .. "tls"u8], (await client.ReceiveAsync())!.Value.Message);
        Assert.Equal([80, 443], kubelet.Provider.Connects.Select(c => c.Port).Order());
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "P13")]
    public async Task SPDY_goes_through_the_tunnel()
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        var (answer, stream) = await kubelet.UpgradeAsync("GET " + Path, UpgradeHeaders.WebSocket("SPDY/3.1+portforward.k8s.io"));
        Assert.Equal((101, "SPDY/3.1+portforward.k8s.io"), (answer.Status, Assert.Single(answer.Headers("Sec-WebSocket-Protocol"))));
        using var client = new WsClient(stream);
        (string, string)[] headers = [("port", "8080"), ("requestid", "0")];
        await client.SendAsync(
        [
            .. SpdyBytes.SynStream(1, SpdyBytes.Block(true, [("streamtype", "error"), .. headers])),
            .. SpdyBytes.SynStream(3, SpdyBytes.Block(false, [("streamtype", "data"), .. headers])),
            .. SpdyBytes.Data(3, "through the tunnel"u8),
        ]);

        var received = new StringBuilder();
        while (!received.ToString().Contains("through the tunnel", StringComparison.Ordinal))
        {
            received.Append(Encoding.Latin1.GetString((await client.ReceiveAsync())!.Value.Message));
        }
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X23")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stopping_server_says_goodbye_and_letstargets_go(bool isWebSocket)
    {
        await using var targets = new Targets();
        await using var kubelet = await StartAsync(targets);
        var (spdy, webSocket) = ((SpdyClient?)null, (WsClient?)null);
        if (isWebSocket)
        {
            webSocket = await kubelet.WebSocketAsync(Path + "?port=80");
        }
        else
        {
            spdy = await kubelet.SpdyAsync(Path, Protocol);
            await spdy.OpenPairAsync(8080, "0");
        }

        await Waiting.UntilAsync(() => targets.Open == 1);
        var stopping = kubelet.Server.StopAsync(CancellationToken.None);
        if (spdy is not null)
        {
            await spdy.ReadUntilAsync(f => f.Type == ClientFrame.GoAway);
            spdy.Disconnect();
        }
        else
        {
            await webSocket!.ReceiveAllAsync();
            Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, webSocket.CloseCode);
            webSocket.Dispose();
        }

        await stopping.WaitAsync(Deadline.Short);
        await Waiting.UntilAsync(() => targets.Open == 0);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_target_that_breaks_off_in_the_providers_words_is_a_reset_and_let_go()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var (fromTarget, toTarget) = (new Pipe(), new Pipe());
        kubelet.Provider.Connect = (_, _) => Task.FromResult<IDuplexPipe>(new Target(fromTarget.Reader, toTarget.Writer));
        var client = await kubelet.SpdyAsync(Path, Protocol);
        var (error, data) = await client.OpenPairAsync(8080, "0");
        await fromTarget.Writer.WriteAsync("half an ans"u8.ToArray());
        await client.ReadUntilAsync(_ => client.TextOf(data) == "half an ans");

        await fromTarget.Writer.CompleteAsync(new ProviderException(ProviderErrorKind.Unavailable, "the channel into the pod broke off"));

        await client.ReadUntilAsync(_ => client.HasReset(data) && client.HasFin(error));
        Assert.False(client.HasFin(data), "the answer seems complete");
        Assert.Empty(client.BytesOf(error));
        await Assert.ThrowsAnyAsync<Exception>(async () => await toTarget.Reader.ReadAsync().AsTask().WaitAsync(Deadline.Short));
    }

    private static async Task<TestKubelet> StartAsync(Targets targets)
    {
        var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Connect = targets.ConnectAsync;
        return kubelet;
    }

    private sealed record Target(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
