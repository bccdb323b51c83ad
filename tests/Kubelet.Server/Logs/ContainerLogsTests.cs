using System.Buffers;
using System.Net;
using System.Text;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Kubelet.Server.Tests.Logs;

public sealed class ContainerLogsTests
{
    private const string Path = "/containerLogs/ns/p/c";

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "L1")]
    public async Task A_running_container_gives_its_log_chunked_and_without_a_content_type()
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync("GET " + Path);

        Assert.Equal((200, "6\r\nhello\n\r\n0\r\n\r\n"), (response.Status, response.Body));
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", response.Head);
        Assert.DoesNotContain("Content-Length", response.Head);
        Assert.DoesNotContain("Content-Type", response.Head);
        var query = Assert.Single(kubelet.Provider.Queries);
        Assert.Equal(new LogQuery { Workload = new WorkloadId("ns", "p", "uid-1"), Container = "c", Run = 0 }, query);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Every_option_reaches_the_provider()
    {
        var time = new FakeTimeProvider();
        await using var kubelet = await TestKubelet.StartAsync(time: time);

        await kubelet.SendRawAsync($"GET {Path}?follow=true&timestamps=true&sinceSeconds=60&tailLines=3&limitBytes=10");
        await kubelet.SendRawAsync($"GET {Path}?stream=Stderr&sinceTime=2026-01-01T00:00:00Z");

        var query = new LogQuery { Workload = new WorkloadId("ns", "p", "uid-1"), Container = "c", Run = 0 };
        Assert.Equal(
            [
                query with { Follow = true, Timestamps = true, Since = time.GetUtcNow().AddMinutes(-1), TailLines = 3, LimitBytes = 10 },
                query with { Stream = LogStream.Stderr, Since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) },
            ],
            kubelet.Provider.Queries);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "L3")]
    public async Task An_empty_log_is_an_empty_200_that_ends()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Script = (_, _, _) => Task.CompletedTask;

        var response = await kubelet.SendRawAsync($"GET {Path}?tailLines=0");

        Assert.Equal((200, "0\r\n\r\n"), (response.Status, response.Body));
        Assert.Equal(0, Assert.Single(kubelet.Provider.Queries).TailLines);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "L20")]
    public async Task Unknown_parameters_are_ignored()
    {
        await using var kubelet = await TestKubelet.StartAsync();

        Assert.Equal(200, (await kubelet.SendRawAsync($"GET {Path}?pretty=true&foo=1&container=x&insecureSkipTLSVerifyBackend=true")).Status);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "L10")]
    [InlineData("/containerLogs/ns/nope/c", 404, "pod \"nope\" does not exist")]
    [InlineData("/containerLogs/other/p/c", 404, "pod \"p\" does not exist")]
    [InlineData("/containerLogs/ns/p/nope", 404, "container \"nope\" not found in pod \"p\"")]
    [InlineData("/containerLogs/ns/a%22b%0A/c", 404, "pod \"a\\\"b\\n\" does not exist")]
    [InlineData("/containerLogs/ns/nope/c?tailLines=abc", 400, "{\"message\": \"Unable to decode query.\"}")]
    [InlineData("/containerLogs/ns/nope/c?tailLines=-1", 422, "{\"message\": \"Invalid request.\"}")]
    [InlineData("/containerLogs/ns/p/c?previous=true", 400, "previous terminated container \"c\" in pod \"p\" not found")]
    [InlineData("/containerLogs/ns/p/nope?previous=true", 404, "container \"nope\" not found in pod \"p\"")]
    public async Task Errors_come_in_the_kubelets_order_with_its_words(string path, int status, string body)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync("GET " + path);

        Assert.Equal((status, body), (response.Status, response.Body));
        Assert.Contains("\r\nContent-Type: text/plain; charset=utf-8\r\n", response.Head);
        Assert.Empty(kubelet.Provider.Queries);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "L12")]
    [InlineData("")]
    [InlineData("?follow=true")]
    public async Task A_waiting_container_is_an_immediate_400_even_to_a_follower(string query)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Shelf.Pods[0] = Samples.Pod(Samples.Status("c", Samples.Waiting("ContainerCreating")));

        var response = await kubelet.SendRawAsync($"GET {Path}{query}");

        Assert.Equal((400, "container \"c\" in pod \"p\" is waiting to start: ContainerCreating"), (response.Status, response.Body));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "L11")]
    public async Task Init_and_ephemeral_containers_are_accepted()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Shelf.Pods[0] = Samples.Pod() with
        {
            Spec = new PodSpec { InitContainers = [new Container { Name = "init" }], EphemeralContainers = [new Container { Name = "debug" }] },
            Status = new PodStatus
            {
                InitContainerStatuses = [Samples.Status("init", Samples.Terminated())],
                EphemeralContainerStatuses = [Samples.Status("debug", Samples.Running)],
            },
        };

        Assert.Equal(200, (await kubelet.SendRawAsync("GET /containerLogs/ns/p/init")).Status);
        Assert.Equal(200, (await kubelet.SendRawAsync("GET /containerLogs/ns/p/debug")).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "L13")]
    public async Task In_a_crash_loop_the_last_run_is_read()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Shelf.Pods[0] = Samples.Pod(Samples.Status("c", Samples.Waiting("CrashLoopBackOff"), Samples.Terminated(), restarts: 4));

        Assert.Equal(200, (await kubelet.SendRawAsync("GET " + Path)).Status);
        Assert.Equal(4, Assert.Single(kubelet.Provider.Queries).Run);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_follower_gets_headers_at_once_and_each_line_as_it_is_flushed(string version)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        using var next = new SemaphoreSlim(0);
        kubelet.Provider.Script = async (_, output, cancellationToken) =>
        {
            await output.FlushAsync(cancellationToken);
            for (var i = 1; i <= 3; i++)
            {
                await next.WaitAsync(cancellationToken);
                await output.WriteAsync(Encoding.UTF8.GetBytes($"line {i}\n"), cancellationToken);
            }
        };
        using var client = kubelet.Client(version: Version.Parse(version));

        using var response = await client.GetAsync(Path + "?follow=true", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        for (var i = 1; i <= 3; i++)
        {
            next.Release();
            Assert.Equal($"line {i}", await reader.ReadLineAsync().WaitAsync(Deadline.Short));
        }

        Assert.Null(await reader.ReadLineAsync().WaitAsync(Deadline.Short));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "L18")]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_follower_that_goes_away_ends_the_providers_read_within_two_seconds(string version)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        kubelet.Provider.Script = async (_, output, cancellationToken) =>
        {
            await output.FlushAsync(cancellationToken);
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                ended.SetResult();
            }
        };
        using var client = kubelet.Client(version: Version.Parse(version));

        var response = await client.GetAsync(Path + "?follow=true", HttpCompletionOption.ResponseHeadersRead);
        Assert.False(ended.Task.IsCompleted);
        response.Dispose();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(2));
        Assert.DoesNotContain(kubelet.Log.Entries, e => e.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("1.1", true)]
    [InlineData("1.1", false)]
    [InlineData("2.0", true)]
    [InlineData("2.0", false)]
    public async Task An_error_after_the_first_byte_breaks_the_connection_and_never_looks_like_an_end(string version, bool flushed)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Script = async (_, output, cancellationToken) =>
        {
            output.Write("part"u8);
            if (flushed)
            {
                await output.FlushAsync(cancellationToken);
            }

            throw new ProviderException(ProviderErrorKind.NotFound, "the file vanished");
        };
        using var client = kubelet.Client(version: Version.Parse(version));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync(Path));
        Assert.Contains(kubelet.Log.Entries, e => e.Text.Contains("the file vanished", StringComparison.Ordinal));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData(ProviderErrorKind.NotFound, 404)]
    [InlineData(ProviderErrorKind.Invalid, 400)]
    [InlineData(ProviderErrorKind.NotRunning, 400)]
    [InlineData(ProviderErrorKind.Rejected, 400)]
    [InlineData(ProviderErrorKind.Unavailable, 503)]
    public async Task An_error_before_the_first_byte_is_a_status_and_the_providers_words(ProviderErrorKind kind, int status)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Script = (_, _, _) => throw new ProviderException(kind, "slurm says no");

        var response = await kubelet.SendRawAsync("GET " + Path);

        Assert.Equal((status, "slurm says no"), (response.Status, response.Body));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task An_unforeseen_error_is_a_500_that_gives_nothing_away()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Script = (_, _, _) => throw new InvalidOperationException("secret detail");

        var response = await kubelet.SendRawAsync("GET " + Path);

        Assert.Equal((500, "Internal Error: the agent's log has the reason"), (response.Status, response.Body));
        Assert.Contains(kubelet.Log.Entries, e => e.Text.Contains("secret detail", StringComparison.Ordinal));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_single_answer_is_cut_after_four_hours_as_the_kubelet_does()
    {
        var time = new FakeTimeProvider();
        await using var kubelet = await TestKubelet.StartAsync(time: time);
        kubelet.Provider.Script = Silence;
        using var client = kubelet.Client();

        using var response = await client.GetAsync(Path + "?follow=true", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var read = body.ReadAsync(new byte[16]).AsTask();
        time.Advance(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));
        Assert.False(read.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<IOException>(() => read.WaitAsync(Deadline.Short));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_stopping_server_cuts_followers_at_once()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Script = Silence;
        using var response = await kubelet.Client().GetAsync(Path + "?follow=true", HttpCompletionOption.ResponseHeadersRead);

        await kubelet.Server.StopAsync(CancellationToken.None).WaitAsync(Deadline.Short);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync());
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Beyond_the_bound_on_streams_a_reader_is_told_to_come_back()
    {
        await using var kubelet = await TestKubelet.StartAsync(o => o with { MaxLogStreams = 1 });
        kubelet.Provider.Script = Silence;
        var first = await kubelet.Client().GetAsync(Path + "?follow=true", HttpCompletionOption.ResponseHeadersRead);

        var second = await kubelet.SendRawAsync("GET " + Path);
        Assert.Equal(429, second.Status);
        Assert.Contains("\r\nRetry-After: 5\r\n", second.Head);

        first.Dispose();
        kubelet.Provider.Script = ScriptedProvider.Print("x");
        using var deadline = new CancellationTokenSource(Deadline.Long);
        while ((await kubelet.SendRawAsync("GET " + Path)).Status != 200)
        {
            await Task.Delay(10, deadline.Token);
        }
    }

    private static async Task Silence(LogQuery query, System.IO.Pipelines.PipeWriter output, CancellationToken cancellationToken)
    {
        await output.FlushAsync(cancellationToken);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
