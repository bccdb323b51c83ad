using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Exec;

public sealed class ExecOverWebSocketTests
{
    private const string Path = "/exec/ns/p/c?&command=sh&input=1&output=1&error=1";

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "W2")]
    [Trait("Item", "W3")]
    [InlineData("v5.channel.k8s.io, v4.channel.k8s.io", "v5.channel.k8s.io")]
    [InlineData("v9,base64.channel.k8s.io", "base64.channel.k8s.io")]
    [InlineData(null, null)]
    public async Task The_handshake_takes_the_clients_first_known_protocol_or_none(string? offer, string? taken)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var (answer, stream) = await kubelet.UpgradeAsync("GET " + Path, UpgradeHeaders.WebSocket(offer));

        Assert.StartsWith("HTTP/1.1 101 ", answer.Head, StringComparison.Ordinal);
        Assert.Equal(["Upgrade"], answer.Headers("Connection"));
        Assert.Equal(["websocket"], answer.Headers("Upgrade"));
        Assert.Equal(["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="], answer.Headers("Sec-WebSocket-Accept"));
        Assert.Equal(taken is null ? [] : [taken], answer.Headers("Sec-WebSocket-Protocol"));
        using var client = new WsClient(stream);
        var first = await client.ReceiveAsync();
        Assert.Equal(taken == "base64.channel.k8s.io" ? "1"u8.ToArray() : [1], first!.Value.Message);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "W5")]
    public async Task All_output_comes_before_the_status_and_the_status_before_an_orderly_close()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.Print(new string('o', 200_000), "err", 3);
        using var client = await kubelet.WebSocketAsync(Path);

        var messages = (await client.ReceiveAllAsync()).Select(m => m.Message).ToList();

        Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, client.CloseCode);
        Assert.Equal([1], messages[0]);
        Assert.Equal(200_000, messages.Where(m => m[0] == 1).Sum(m => m.Length - 1));
        Assert.Equal("err", Encoding.UTF8.GetString(Assert.Single(messages, m => m[0] == 2)[1..]));
        Assert.Equal(3, messages[^1][0]);
        Assert.Equal("NonZeroExitCode", JsonDocument.Parse(messages[^1].AsMemory(1)).RootElement.GetProperty("reason").GetString());
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "W6")]
    [Trait("Item", "W8")]
    public async Task The_half_close_of_v5_is_the_end_of_stdin_and_the_session_goes_on()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.CatAsync;
        using var client = await kubelet.WebSocketAsync(Path);
        await client.SendFragmentsAsync([0, (byte)'a'], "bc"u8.ToArray(), "d"u8.ToArray());
        await client.SendAsync(255, 0);

        var messages = (await client.ReceiveAllAsync()).Select(m => m.Message).ToList();

        Assert.Equal("abcd", string.Concat(messages.Where(m => m[0] == 1).Select(m => Encoding.UTF8.GetString(m[1..]))));
        Assert.Contains("Success", Encoding.UTF8.GetString(messages[^1]), StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "W9")]
    public async Task Sizes_travel_on_channel_four()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = async (_, streams, cancellationToken) =>
        {
            await Commands.PrintAsync(streams.Stdout, $"{await streams.Resizes!.ReadAsync(cancellationToken)}", cancellationToken);
            return 0;
        };
        using var client = await kubelet.WebSocketAsync("/exec/ns/p/c?command=sh&input=1&output=1&tty=1");
        await client.SendAsync([4, .. "{\"Width\":80,\"Height\":24}"u8]);

        var messages = await client.ReceiveAllAsync();

        Assert.Contains(messages, m => m.Message[0] == 1 && Encoding.UTF8.GetString(m.Message).Contains("Width = 80, Height = 24", StringComparison.Ordinal));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "W12")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_aborts_or_closes_ends_the_call(bool isOrderly)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.SleepAsync;
        using var client = await kubelet.WebSocketAsync(Path);
        await client.ReceiveAsync();
        await client.ReceiveAsync();

        if (isOrderly)
        {
            await client.CloseAsync();
        }
        else
        {
            client.Dispose();
        }

        await Waiting.UntilAsync(() => kubelet.Provider.Running == 0);
        await Waiting.UntilAsync(() => kubelet.Log.Entries.Any(e => e.Text.Contains("ClientGone", StringComparison.Ordinal)));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X23")]
    public async Task A_stopping_server_tells_of_a_failure_and_closes_in_order()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.SleepAsync;
        using var client = await kubelet.WebSocketAsync(Path);
        await client.ReceiveAsync();
        await client.ReceiveAsync();

        var stopping = kubelet.Server.StopAsync(CancellationToken.None);
        var messages = await client.ReceiveAllAsync();
        await client.CloseAsync();
        await stopping.WaitAsync(Deadline.Short);

        Assert.Contains("the node agent is stopping", Encoding.UTF8.GetString(messages[^1].Message), StringComparison.Ordinal);
        Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, client.CloseCode);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Kubectl_gets_a_moment_to_make_its_streams_before_the_command_starts_and_others_need_none()
    {
        var clock = new FakeTimeProvider();
        await using var kubelet = await TestKubelet.StartAsync(time: clock);
        var ran = new ConcurrentQueue<string>();
        kubelet.Provider.Exec = (request, _, _) =>
        {
            ran.Enqueue(request.Command[0]);
            return Task.FromResult(0);
        };
        var headers = UpgradeHeaders.WebSocket("v5.channel.k8s.io") + "User-Agent: kubectl/v1.32.4 (linux/amd64) kubernetes/59526cd\r\n";
        var (_, stream) = await kubelet.UpgradeAsync("GET " + Path.Replace("=sh", "=kubectl", StringComparison.Ordinal), headers);
        using var kubectl = new WsClient(stream);
        await kubectl.ReceiveAsync();
        using var other = await kubelet.WebSocketAsync(Path);
        await other.ReceiveAllAsync();
        Assert.Equal(["sh"], ran);

        clock.Advance(TimeSpan.FromMilliseconds(25));

        await kubectl.ReceiveAllAsync();
        Assert.Equal(["sh", "kubectl"], ran);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "W9")]
    [InlineData(true, "120 x 40")]
    [InlineData(false, "none")]
    public async Task A_command_starts_with_the_size_of_its_terminal_unless_none_is_told_soon(bool isTold, string seen)
    {
        var clock = new FakeTimeProvider();
        await using var kubelet = await TestKubelet.StartAsync(time: clock);
        kubelet.Provider.Exec = async (_, streams, cancellationToken) =>
        {
            await Commands.PrintAsync(streams.Stdout, streams.Resizes!.TryRead(out var size) ? $"{size.Width} x {size.Height}" : "none", cancellationToken);
            return 0;
        };
        using var client = await kubelet.WebSocketAsync(Path + "&tty=1");
        await client.ReceiveAsync();

        var output = client.ReceiveAsync();
        if (isTold)
        {
            await client.SendAsync([4, .. "{\"Width\":120,\"Height\":40}"u8]);
        }
        else
        {
            await Waiting.UntilAsync(() =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(10));
                return output.IsCompleted;
            });
        }

        Assert.Equal(seen, Encoding.UTF8.GetString((await output)!.Value.Message[1..]));
    }
}
