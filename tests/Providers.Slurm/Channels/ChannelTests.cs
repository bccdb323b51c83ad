using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Providers.Slurm.Tests.Channels;

/// <summary>The life of a pod's channel, on plain processes.</summary>
public sealed class ChannelTests : IAsyncLifetime, IDisposable
{
    private const int Deadline = 120_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TempDirectory _directory = new();
    private readonly List<Workload> _created = [];
    private SlurmProviderOptions _options;
    private RunningProvider? _running;

    public ChannelTests() => _options = new SlurmProviderOptions
    {
        NodeName = "local",
        WorkDirectory = _directory["work"],
        ShimPath = Binaries.Shim,
        Backend = BackendKind.Local,
        PollInterval = TimeSpan.FromMilliseconds(100),
    };

    private IProvider Provider => (_running ??= new RunningProvider(_options)).Provider;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var workload in _created)
        {
            await Provider.DeleteAsync(workload.Id, TimeSpan.Zero, CancellationToken.None);
            await UntilAsync(async () => (await Provider.ListAsync(CancellationToken.None)).All(s => s.Id != workload.Id));
        }

        await (_running?.DisposeAsync() ?? ValueTask.CompletedTask);
        await UntilAsync(() => Task.FromResult(Channels().Count == 0));
    }

    public void Dispose() => _directory.Dispose();

    [Fact(Timeout = Deadline)]
    public async Task A_channel_that_is_killed_fails_its_sessions_and_the_next_one_gets_another()
    {
        var workload = await SleepAsync();
        var probe = new StreamProbe();
        var exec = ExecAsync(workload, probe.Output, "sh", "-c", "echo ready; sleep 600");
        await probe.WaitForAsync("ready\n");
        var killed = Assert.Single(Channels());

        Process.GetProcessById(killed).Kill();

        var error = await Assert.ThrowsAsync<ProviderException>(() => exec.WaitAsync(Patience));
        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
        Assert.Contains("137", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await ExecAsync(workload, new ContainerStreams(), "true"));
        Assert.NotEqual(killed, Assert.Single(Channels()));
    }

    [Fact(Timeout = Deadline)]
    public async Task One_channel_serves_all_sessions_and_goes_when_it_was_idle()
    {
        _options = _options with { Channels = new ChannelOptions { IdlePeriod = TimeSpan.FromSeconds(1) } };
        var workload = await SleepAsync();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ExecAsync(workload, new ContainerStreams(), "true")));

        Assert.Single(Channels());
        await UntilAsync(() => Task.FromResult(Channels().Count == 0));
        Assert.Equal(5, await ExecAsync(workload, new ContainerStreams(), "sh", "-c", "exit 5"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_stopping_agent_fails_the_sessions_and_ends_what_runs_in_them()
    {
        var workload = await SleepAsync();
        var probe = new StreamProbe();
        var exec = ExecAsync(workload, probe.Output, "sh", "-c", "echo $$; exec sleep 600");
        var pid = (await probe.WaitForAsync("\n")).Trim();

        await _running!.DisposeAsync();
        _running = null;

        Assert.Equal(ProviderErrorKind.Unavailable, (await Assert.ThrowsAsync<ProviderException>(() => exec.WaitAsync(Patience))).Kind);
        await UntilAsync(() => Task.FromResult(!Directory.Exists($"/proc/{pid}")));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_shim_that_never_answers_is_given_up()
    {
        var mute = _directory["mute"];
        await File.WriteAllTextAsync(mute, $"#!/bin/sh\n[ \"$1\" = channel ] && {{ echo no idea >&2; exec sleep 600; }}\nexec {Binaries.Shim} \"$@\"\n");
        File.SetUnixFileMode(mute, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _options = _options with { ShimPath = mute, Channels = new ChannelOptions { StartTimeout = TimeSpan.FromSeconds(1) } };
        var workload = await SleepAsync();

        var error = await Assert.ThrowsAsync<ProviderException>(() => ExecAsync(workload, new ContainerStreams(), "true").WaitAsync(Patience));

        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
        Assert.Contains("did not start: no answer in time; no idea", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_channel_that_cannot_start_fails_in_its_own_words_and_the_next_one_is_tried()
    {
        var broken = _directory["broken"];
        await File.WriteAllTextAsync(broken, $"#!/bin/sh\n[ \"$1\" = channel ] && [ -e {_directory["break"]} ] && {{ echo srun: error: Job step aborted >&2; exit 1; }}\nexec {Binaries.Shim} \"$@\"\n");
        File.SetUnixFileMode(broken, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(_directory["break"], "");
        _options = _options with { ShimPath = broken };
        var workload = await SleepAsync();

        var error = await Assert.ThrowsAsync<ProviderException>(() => ExecAsync(workload, new ContainerStreams(), "true").WaitAsync(Patience));
        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
        Assert.Contains("Job step aborted", error.Message, StringComparison.Ordinal);
        File.Delete(_directory["break"]);

        Assert.Equal(0, await ExecAsync(workload, new ContainerStreams(), "true"));
    }

    [Theory(Timeout = Deadline)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_sessions_used_is_given_back(bool dialBack)
    {
        _options = _options with { Channels = new ChannelOptions { DialBack = dialBack } };
        var workload = await SleepAsync();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start(backlog: 128);
        await RoundAsync(workload, server);
        var channel = Assert.Single(Channels());
        var before = RunningProcesses.CountDescriptorsOf(channel);

        for (var i = 0; i < 3; i++)
        {
            await RoundAsync(workload, server);
        }

        await UntilAsync(() => Task.FromResult(RunningProcesses.CountDescriptorsOf(channel) <= before && RunningProcesses.CountChildrenOf(channel) == 0));
    }

    /// <summary>Thirty commands, twenty of them left early, and thirty connections.</summary>
    private async Task RoundAsync(Workload workload, TcpListener server)
    {
        using var leaving = new CancellationTokenSource();
        var left = Enumerable.Range(0, 20).Select(i => Provider.ExecAsync(Request(workload, "sleep", "600") with { Tty = i % 2 == 0 }, new ContainerStreams(), leaving.Token)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ExecAsync(workload, new ContainerStreams(), "true")));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(left));
        await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            var connection = await Provider.ConnectAsync(workload.Id, ((IPEndPoint)server.LocalEndpoint).Port, CancellationToken.None);
            using var socket = await server.AcceptSocketAsync();
            await connection.Output.CompleteAsync();
            await connection.Input.CompleteAsync();
        }));
    }

    private async Task<Workload> SleepAsync()
    {
        var workload = TestPod.Of(TestPod.Shell("sleep 600"));
        _created.Add(workload);
        await Provider.CreateAsync(workload, CancellationToken.None);
        await UntilAsync(async () => (await Provider.ListAsync(CancellationToken.None)).Any(s => s.Id == workload.Id && s.Status.Phase == PodPhases.Running));
        return workload;
    }

    private Task<int> ExecAsync(Workload workload, ContainerStreams streams, params string[] command) =>
        Provider.ExecAsync(Request(workload, command), streams, CancellationToken.None);

    private static ExecRequest Request(Workload workload, params string[] command) => new() { Workload = workload.Id, Container = "main", Command = command };

    private IReadOnlyList<int> Channels() => RunningProcesses.Find(words => words is [_, "channel", var pod, ..] && pod.StartsWith(_directory.Path, StringComparison.Ordinal));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            await Task.Delay(20, timeout.Token);
        }
    }
}
