using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Kubelet.Streaming.PortForward;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>Connections to what listens in a job.</summary>
public sealed class PortForwardTests(StreamingPod pod) : IClassFixture<StreamingPod>
{
    private const int Deadline = 240_000;
    private const int Connections = 1000;
    private const string Request = "GET / HTTP/1.0\r\n\r\n";

    [Fact(Timeout = Deadline)]
    [Trait("Item", "P1")]
    [Trait("Item", "P10")]
    [Trait("Item", "P13")]
    public async Task A_web_server_in_the_job_answers_over_every_transport()
    {
        var port = LocalServer.UnusedPort();
        var manifest = await File.ReadAllTextAsync(Repository.PathOf("deploy/examples/web.yaml"));
        pod.Agent.Files.WriteManifest("web.yaml", manifest.Replace("18080", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        await pod.Agent.WaitForPhaseAsync("web", PodPhases.Running);
        await Poll.UntilAsync(async () => (await pod.Agent.LogsAsync("web", "web")).StartsWith("listening", StringComparison.Ordinal), "the server to listen");
        var answer = $"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nHello from job {pod.Agent.JobOf("web")}\n";

        using var spdy = await RawForwarding.OpenAsync(pod.Agent, "web");
        var pair = await spdy.ConnectAsync(port);
        await spdy.SendAsync(pair.Data, Request);
        Assert.Equal(("", answer), await spdy.EndAsync(pair));

        await using var forwarder = pod.Agent.Client.ForwardPorts(new PortForwardRequest("default", "web"));
        await using var tunnelled = await forwarder.ConnectAsync(port, CancellationToken.None);
        Assert.True(tunnelled.HasHalfClose);
        Assert.Equal(answer, await AskAsync(tunnelled));

        await using var channels = await pod.Agent.Client.ConnectAsync(new PortForwardRequest("default", "web"), [port], CancellationToken.None);
        Assert.Equal(answer, await AskAsync(channels.Connections[0]));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "P6")]
    public async Task A_refused_port_is_one_clear_message_and_ends_only_its_own_connection()
    {
        var port = LocalServer.UnusedPort();
        await using var echo = LocalServer.Echo();
        using var spdy = await RawForwarding.OpenAsync(pod.Agent);
        var other = await spdy.ConnectAsync(echo.Port);

        var (error, data) = await spdy.EndAsync(await spdy.ConnectAsync(port));

        Assert.Matches($@"^error forwarding port {port} to pod [^:]+: .*connection refused: nothing listens on port {port} of the pod's node$", error);
        Assert.Equal("", data);
        await spdy.EchoAsync([other.Data], "still here");
        await using var channels = await pod.Agent.Client.ConnectAsync(new PortForwardRequest("default", StreamingPod.Name), [port], CancellationToken.None);
        Assert.Equal(error, await channels.Connections[0].Failure.WaitAsync(Poll.Patience));
        await using var forwarder = pod.Agent.Client.ForwardPorts(new PortForwardRequest("default", StreamingPod.Name));
        await using var tunnelled = await forwarder.ConnectAsync(port, CancellationToken.None);
        Assert.Equal(error, await tunnelled.Failure.WaitAsync(Poll.Patience));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "P7")]
    public async Task The_clients_half_close_reaches_the_server_whose_long_answer_arrives_whole()
    {
        var answer = new string('a', 4 << 20);
        await using var server = new LocalServer(async (stream, stop) =>
        {
            using var reader = new StreamReader(stream, leaveOpen: true);
            var asked = await reader.ReadToEndAsync(stop);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(asked + answer), stop);
        });

        using var spdy = await RawForwarding.OpenAsync(pod.Agent);
        var pair = await spdy.ConnectAsync(server.Port);
        await spdy.SendAsync(pair.Data, "question", isLast: true);
        var (error, data) = await spdy.EndAsync(pair);
        await using var forwarder = pod.Agent.Client.ForwardPorts(new PortForwardRequest("default", StreamingPod.Name));
        await using var tunnelled = await forwarder.ConnectAsync(server.Port, CancellationToken.None);
        await tunnelled.Output.WriteAsync("question"u8.ToArray());
        await tunnelled.Output.CompleteAsync();

        Assert.Equal("", error);
        Assert.True(data == "question" + answer, $"{data.Length} characters came");
        Assert.True(await TextAsync(tunnelled.Input) == data);
        Assert.Null(await tunnelled.Failure.WaitAsync(Poll.Patience));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "P8")]
    public async Task A_server_that_has_said_all_can_still_be_told()
    {
        var told = new TaskCompletionSource<string>();
        await using var server = new LocalServer(async (stream, stop) =>
        {
            await stream.WriteAsync("hello"u8.ToArray(), stop);
            stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            using var reader = new StreamReader(stream, leaveOpen: true);
            told.SetResult(await reader.ReadToEndAsync(stop));
        });
        await using var forwarder = pod.Agent.Client.ForwardPorts(new PortForwardRequest("default", StreamingPod.Name));
        await using var connection = await forwarder.ConnectAsync(server.Port, CancellationToken.None);

        Assert.Equal("hello", await TextAsync(connection.Input));
        await connection.Output.WriteAsync("goodbye"u8.ToArray());
        await connection.Output.CompleteAsync();

        Assert.Equal("goodbye", await told.Task.WaitAsync(Poll.Patience));
        Assert.Null(await connection.Failure.WaitAsync(Poll.Patience));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "P9")]
    public async Task A_thousand_connections_one_after_the_other_leave_nothing_behind()
    {
        await using var echo = LocalServer.Echo();
        using var spdy = await RawForwarding.OpenAsync(pod.Agent);
        await ConnectOnceAsync(spdy, echo.Port);
        var before = await ProcessUse.AtRestAsync(pod.Agent);

        for (var i = 0; i < Connections; i++)
        {
            await ConnectOnceAsync(spdy, echo.Port);
        }

        await before.WaitForReturnAsync(pod.Agent);
        await Poll.UntilAsync(() => Task.FromResult(echo.Open == 0), "the server's connections to end");
    }

    private static async Task ConnectOnceAsync(RawForwarding spdy, int port)
    {
        var pair = await spdy.ConnectAsync(port);
        await spdy.SendAsync(pair.Data, "hello", isLast: true);
        Assert.Equal(("", "hello"), await spdy.EndAsync(pair));
    }

    private static async Task<string> AskAsync(ForwardedConnection connection)
    {
        await connection.Output.WriteAsync(Encoding.ASCII.GetBytes(Request));
        var answer = await TextAsync(connection.Input);
        Assert.Null(await connection.Failure.WaitAsync(Poll.Patience));
        return answer;
    }

    private static async Task<string> TextAsync(PipeReader reader)
    {
        using var bytes = new MemoryStream();
        await reader.CopyToAsync(bytes).WaitAsync(Poll.Patience);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
