using System.Text;
using VirtualKubelet.Kubelet.Streaming.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Kubelet.Streaming.Tests.PortForward;

public class PortForwardOverSpdyTests
{
    [Theory(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P2")]
    [InlineData("error", "data")]
    [InlineData("data", "error")]
    public async Task A_pair_opened_in_either_order_carries_bytes_both_ways(string first, string second)
    {
        await using var connection = await ConnectAsync();
        var ids = new Dictionary<string, uint>
        {
            [first] = await connection.Client.OpenAsync(first, ("port", "8080"), ("requestid", "0")),
            [second] = await connection.Client.OpenAsync(second, ("port", "8080"), ("requestid", "0")),
        };
        await connection.Client.SendAsync(SpdyBytes.Data(ids["data"], "ping"u8));
        await connection.Client.ReadUntilAsync(_ => connection.Client.TextOf(ids["data"]) == "ping");
        await connection.Client.SendAsync(SpdyBytes.Data(ids["data"], "pong"u8, isFin: true));
        await connection.Client.ReadUntilAsync(_ => connection.Client.HasFin(ids["error"]));
        Assert.Equal("pingpong", connection.Client.TextOf(ids["data"]));
        Assert.Empty(connection.Client.BytesOf(ids["error"]));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P2")]
    public async Task Clients_without_request_ids_are_paired_by_their_stream_ids()
    {
        await using var connection = await ConnectAsync();
        var error = await connection.Client.OpenAsync("error", ("port", "8081"));
        var data = await connection.Client.OpenAsync("data", ("port", "8081"));
        await connection.Client.ReadUntilAsync(_ => connection.Client.HasFin(error));
        Assert.Equal("hello from the pod", connection.Client.TextOf(data));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P3")]
    public async Task Streams_with_bad_headers_are_reset_without_a_reply_and_the_session_goes_on()
    {
        await using var connection = await ConnectAsync();
        (string, string)[][] bad =
        [
            [("streamtype", "data"), ("requestid", "0")],
            [("streamtype", "data"), ("port", "0")],
            [("streamtype", "data"), ("port", "70000")],
            [("streamtype", "data"), ("port", "+80")],
            [("streamtype", "foo"), ("port", "8080")],
            [("port", "8080")],
        ];
        foreach (var headers in bad)
        {
            var (id, frame) = connection.Client.Open(headers);
            await connection.Client.SendAsync(frame);
            var answer = await connection.Client.ReadAsync();
            Assert.Equal((ClientFrame.RstStream, id, 5), (answer!.Type, answer.StreamId, answer.Payload[7]));
        }

        var (error, data) = await connection.Client.OpenPairAsync(ForwardServer.Greeter, "1");
        await connection.Client.ReadUntilAsync(_ => connection.Client.HasFin(error));
        Assert.Equal("hello from the pod", connection.Client.TextOf(data));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P4")]
    public async Task Half_a_pair_is_given_up_after_thirty_seconds_and_others_are_not()
    {
        var clock = new FakeTimeProvider();
        await using var connection = await ConnectAsync(time: clock);
        var (_, other) = await connection.Client.OpenPairAsync(ForwardServer.Echo, "other");
        var lonelyError = await connection.Client.OpenAsync("error", ("port", "8080"), ("requestid", "a"));
        var lonelyData = await connection.Client.OpenAsync("data", ("port", "8080"), ("requestid", "b"));
        clock.Advance(TimeSpan.FromSeconds(29));
        await connection.Client.SendAsync(SpdyBytes.Data(other, "x"u8));
        await connection.Client.ReadUntilAsync(f => f.StreamId == other);
        Assert.False(connection.Client.HasReset(lonelyData));

        clock.Advance(TimeSpan.FromSeconds(2));
        await connection.Client.ReadUntilAsync(_ => connection.Client.HasFin(lonelyError) && connection.Client.HasReset(lonelyData));
        Assert.Contains("request=a) timed out waiting for streams", connection.Client.TextOf(lonelyError));
        await connection.Client.SendAsync(SpdyBytes.Data(other, "y"u8));
        await connection.Client.ReadUntilAsync(_ => connection.Client.TextOf(other) == "xy");
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_second_stream_of_a_kind_is_told_about_and_a_key_may_be_used_again_once_its_pair_is_complete()
    {
        await using var connection = await ConnectAsync();
        var error = await connection.Client.OpenAsync("error", ("port", "8081"), ("requestid", "7"));
        var again = await connection.Client.OpenAsync("error", ("port", "8081"), ("requestid", "7"));
        await connection.Client.ReadUntilAsync(_ => connection.Client.HasReset(again));
        var data = await connection.Client.OpenAsync("data", ("port", "8081"), ("requestid", "7"));
        await connection.Client.ReadUntilAsync(_ => connection.Client.HasFin(error) && connection.Client.HasFin(data));
        Assert.Equal("error processing stream for request 7: error stream already assigned", connection.Client.TextOf(error));

        var (_, next) = await connection.Client.OpenPairAsync(ForwardServer.Greeter, "7");
        await connection.Client.ReadToFinAsync(next);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P5")]
    public async Task Fifty_pairs_over_two_ports_run_at_once()
    {
        await using var connection = await ConnectAsync();
        var pairs = new List<(uint Error, uint Data)>();
        for (var i = 0; i < 50; i++)
        {
            pairs.Add(await connection.Client.OpenPairAsync(i % 2 == 0 ? ForwardServer.Echo : ForwardServer.AnswersAtEnd, $"{i}"));
        }

        foreach (var (_, data) in Enumerable.Reverse(pairs))
        {
            await connection.Client.SendAsync(SpdyBytes.Data(data, "abc"u8, isFin: true));
        }

        await connection.Client.ReadUntilAsync(_ => pairs.All(p => connection.Client.HasFin(p.Error) && connection.Client.HasFin(p.Data)));
        Assert.All(pairs.Index(), p => Assert.Equal(p.Index % 2 == 0 ? "abc" : "cba", connection.Client.TextOf(p.Item.Data)));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P6")]
    public async Task A_refused_port_is_one_message_and_the_end_of_both_streams()
    {
        await using var connection = await ConnectAsync();
        var (error, data) = await connection.Client.OpenPairAsync(9, "0");
        await connection.Client.ReadUntilAsync(_ => connection.Client.HasFin(error) && connection.Client.HasReset(data));
        Assert.StartsWith("error forwarding port 9 to pod pod-1, uid uid-1: ", connection.Client.TextOf(error));
        Assert.Contains("refused", connection.Client.TextOf(error), StringComparison.OrdinalIgnoreCase);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P7")]
    public async Task After_the_client_half_closes_the_whole_answer_arrives()
    {
        await using var connection = await ConnectAsync();
        var (error, data) = await connection.Client.OpenPairAsync(ForwardServer.AnswersAtEnd, "0");
        var request = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 50_000)));
        await connection.Client.SendAsync([.. request.Chunk(32 * 1024).Select(chunk => SpdyBytes.Data(data, chunk)), SpdyBytes.Data(data, [], isFin: true)]);
        await connection.Client.ReadUntilAsync(_ => connection.Client.HasFin(error));
        Assert.Equal(request.Reverse(), connection.Client.BytesOf(data));
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P8")]
    public async Task When_the_target_closes_both_streams_are_half_closed_and_nothing_is_said()
    {
        await using var connection = await ConnectAsync();
        var (error, data) = await connection.Client.OpenPairAsync(ForwardServer.Greeter, "0");
        await connection.Client.ReadUntilAsync(_ => connection.Client.HasFin(error) && connection.Client.HasFin(data));
        Assert.Empty(connection.Client.BytesOf(error));
        Assert.False(connection.Client.HasReset(data));

        // The client has not closed its half, but the target is gone: it may say so or not.
        await connection.Client.SendAsync(SpdyBytes.RstStream(data));
        await connection.Server.TargetsAsync();
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    [Trait("Item", "P9")]
    public async Task A_thousand_connections_one_after_the_other_leave_nothing_behind()
    {
        await using var connection = await ConnectAsync(ForwardServer.Options with { MaxStreams = 16, HalfCloseTimeout = TimeSpan.FromSeconds(1) });
        for (var i = 0; i < 1000; i++)
        {
            var (error, data) = await connection.Client.OpenPairAsync(i % 2 == 0 ? ForwardServer.Greeter : ForwardServer.Echo, $"{i}");
            await connection.Client.SendAsync(SpdyBytes.Data(data, [], isFin: true));
            await connection.Client.ReadUntilAsync(_ => connection.Client.HasFin(error));
            connection.Client.Received.Clear();
        }

        var (_, last) = await connection.Client.OpenPairAsync(ForwardServer.Echo, "last");
        connection.Client.Disconnect();
        await connection.Running;
        await connection.Server.TargetsAsync();
        Assert.Equal(1001, connection.Server.Connected);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_connection_the_client_resets_is_dropped_at_the_target_and_the_others_live()
    {
        await using var connection = await ConnectAsync();
        var (_, data) = await connection.Client.OpenPairAsync(ForwardServer.Echo, "0");
        await connection.Client.SendAsync(SpdyBytes.Data(data, "x"u8));
        await connection.Client.ReadUntilAsync(f => f.Type == ClientFrame.Data && f.StreamId == data);
        await connection.Client.SendAsync(SpdyBytes.RstStream(data));
        await connection.Server.TargetsAsync();
        var (_, next) = await connection.Client.OpenPairAsync(ForwardServer.Greeter, "1");
        await connection.Client.ReadToFinAsync(next);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task When_the_agent_stops_streams_are_reset_targets_dropped_and_goodbye_said()
    {
        await using var connection = await ConnectAsync();
        var (_, data) = await connection.Client.OpenPairAsync(ForwardServer.Echo, "0");
        await connection.StopAsync();
        await connection.Client.ReadToEndAsync();
        Assert.True(connection.Client.HasReset(data));
        Assert.Equal(ClientFrame.GoAway, connection.Client.Received[^1].Type);
        await connection.Running;
        await connection.Server.TargetsAsync();
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_target_that_never_reads_is_given_up_and_the_others_go_on()
    {
        await using var connection = await ConnectAsync(ForwardServer.Options with { StallTimeout = TimeSpan.FromMilliseconds(300) });
        var (_, echo) = await connection.Client.OpenPairAsync(ForwardServer.Echo, "0");
        var (_, stalled) = await connection.Client.OpenPairAsync(ForwardServer.NeverReads, "1");
        var flood = Task.Run(() => connection.Client.SendAsync(
            [.. Enumerable.Range(0, 512).Select(_ => SpdyBytes.Data(stalled, new byte[32 * 1024])), SpdyBytes.Data(echo, "me"u8)]));
        await connection.Client.ReadUntilAsync(_ => connection.Client.TextOf(echo) == "me");
        Assert.True(connection.Client.HasReset(stalled));
        await flood;
    }

    private static async Task<Connection> ConnectAsync(StreamingOptions? options = null, TimeProvider? time = null)
    {
        var pair = await SocketPair.CreateAsync();
        return new Connection(pair, new ForwardServer(options, time));
    }

    private sealed class Connection : IAsyncDisposable
    {
        private readonly SocketPair _pair;
        private readonly CancellationTokenSource _stop = new();

        public Connection(SocketPair pair, ForwardServer server)
        {
            (_pair, Server, Client) = (pair, server, new SpdyClient(pair.Client));
            Running = server.Server.RunSpdyAsync(pair.Server, _stop.Token);
        }

        public ForwardServer Server { get; }

        public SpdyClient Client { get; }

        public Task Running { get; }

        public Task StopAsync() => _stop.CancelAsync();

        public async ValueTask DisposeAsync()
        {
            await _pair.Client.DisposeAsync();
            await Running;
            await Server.DisposeAsync();
            await _pair.DisposeAsync();
            _stop.Dispose();
        }
    }
}
