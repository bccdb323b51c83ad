using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Attach;

public sealed class AttachTests
{
    private const string Path = "/attach/ns/p/c?input=1&output=1&error=1";

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("/attach/ns/nope/c?tty=1", 400, "you must specify at least 1 of stdin, stdout, stderr")]
    [InlineData("/attach/ns/nope/c?output=1", 404, "pod does not exist")]
    [InlineData("/attach/ns/p/nope?output=1", 500, "container nope not found in pod p_ns")]
    [InlineData("/attach/ns/p/uid-2/nope?output=1", 500, "container nope not found in pod p_ns")]
    [InlineData("/attach/ns/p/uid-2/c?output=1", 500, "pod p_ns not found")]
    [InlineData("/attach/ns/p/uid-1/c?output=1", 500, "Upgrade request required\n")]
    public async Task Errors_come_in_the_kubelets_order_with_its_words(string path, int status, string body)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync("POST " + path, "Content-Length: 0\r\n");

        Assert.Equal((status, body), (response.Status, response.Body));
        Assert.Empty(kubelet.Provider.Attaches);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_container_that_does_not_run_is_not_found()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Shelf.Pods[0] = Samples.Pod(Samples.Status("c", Samples.Terminated()));

        var (answer, _) = await kubelet.UpgradeAsync("POST " + Path, UpgradeHeaders.Spdy("v4.channel.k8s.io"));

        Assert.Equal((500, "container c not found in pod p_ns"), (answer.Status, answer.Body));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X19")]
    public async Task The_terminal_is_the_containers_and_not_the_querys()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        Contain(kubelet, new Container { Name = "c", Tty = true, Stdin = true });
        kubelet.Provider.Attach = async (_, streams, cancellationToken) =>
        {
            var size = await streams.Resizes!.ReadAsync(cancellationToken);
            await Commands.PrintAsync(streams.Stdout, $"{size.Width} {streams.Stderr is null}", cancellationToken);
        };
        var session = await SpdySession.OpenAsync(kubelet, "/attach/ns/p/uid-1/c?input=1&output=1", "error", "stdin", "stdout");
        Assert.Empty(kubelet.Provider.Attaches);

        session.Ids["resize"] = await session.Client.OpenAsync("resize");
        await session.SendAsync("resize", "{\"Width\":77,\"Height\":1}");
        await session.EndAsync();

        Assert.Equal("77 True", session.TextOf("stdout"));
        Assert.Equal(new AttachRequest { Workload = new WorkloadId("ns", "p", "uid-1"), Container = "c" }, Assert.Single(kubelet.Provider.Attaches));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X19")]
    public async Task Without_a_terminal_of_the_container_the_querys_changes_nothing()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Attach = (_, streams, cancellationToken) => Commands.PrintAsync(streams.Stderr, $"{streams.Resizes is null}", cancellationToken);
        var session = await SpdySession.OpenAsync(kubelet, Path + "&tty=1", "error", "stdin", "stdout", "stderr");

        await session.EndAsync();

        Assert.Equal("True", session.TextOf("stderr"));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Input_goes_to_a_container_that_has_stdin_and_is_discarded_otherwise(bool hasStdin)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        Contain(kubelet, new Container { Name = "c", Stdin = hasStdin });
        using var flooded = new SemaphoreSlim(0);
        kubelet.Provider.Attach = async (_, streams, cancellationToken) =>
        {
            Assert.Equal(hasStdin, streams.Stdin is not null);
            if (hasStdin)
            {
                await Commands.CopyAsync(streams.Stdin!, streams.Stdout!, cancellationToken);
            }
            else
            {
                await flooded.WaitAsync(cancellationToken);
            }
        };
        var session = await SpdySession.OpenAsync(kubelet, Path, "error", "stdin", "stdout", "stderr");
        if (!hasStdin)
        {
            // Far more than any buffer holds; the answered ping shows that all of it has been taken.
            for (var i = 0; i < 100; i++)
            {
                await session.SendAsync("stdin", new string('x', 30_000));
            }

            await session.Client.SendAsync(SpdyBytes.Ping(1));
            await session.Client.ReadUntilAsync(f => f.Type == ClientFrame.Ping);
        }

        await session.SendAsync("stdin", "hello", isLast: true);
        flooded.Release();

        Assert.Equal("Success", (await session.EndAsync()).GetProperty("status").GetString());
        Assert.Equal(hasStdin ? "hello" : "", session.TextOf("stdout"));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X20")]
    public async Task The_containers_end_is_a_success_whatever_its_exit_code_and_a_leaving_client_only_cancels()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var ended = await SpdySession.OpenAsync(kubelet, Path, "error", "stdin", "stdout", "stderr");
        Assert.Equal("Success", (await ended.EndAsync()).GetProperty("status").GetString());

        kubelet.Provider.Attach = async (_, streams, cancellationToken) =>
        {
            await Commands.PrintAsync(streams.Stdout, "ready", cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };
        var left = await SpdySession.OpenAsync(kubelet, Path, "error", "stdin", "stdout", "stderr");
        await left.ReadAsync("stdout", "ready");
        left.Client.Disconnect();
        await Waiting.UntilAsync(() => kubelet.Provider.Running == 0);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_failure_is_told_as_one_of_attaching()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Attach = (_, _, _) => throw new ProviderException(ProviderErrorKind.Unavailable, "fell behind");

        var status = await (await SpdySession.OpenAsync(kubelet, Path, "error", "stdin", "stdout", "stderr")).EndAsync();

        Assert.Equal("Internal error occurred: error attaching to container: fell behind", status.GetProperty("message").GetString());
    }

    private static void Contain(TestKubelet kubelet, Container container) =>
        kubelet.Shelf.Pods[0] = Samples.Pod(Samples.Status("c", Samples.Running)) with { Spec = new PodSpec { Containers = [container] } };
}
