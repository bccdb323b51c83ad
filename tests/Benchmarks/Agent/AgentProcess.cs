using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using VirtualKubelet.Benchmarks.Results;
using VirtualKubelet.Benchmarks.Support;
using VirtualKubelet.Kubelet.Client;

namespace VirtualKubelet.Benchmarks.Agent;

/// <summary>The agent as a site runs it: a process of its own, stopped when disposed of.</summary>
internal sealed partial class AgentProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task _log;
    private readonly TaskCompletionSource<(Uri Server, TimeSpan After)> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AgentProcess(AgentSetup setup)
    {
        Setup = setup;
        var started = Stopwatch.GetTimestamp();
        _process = Process.Start(CommandLineTool.StartInfo(
            Repository.Agent, ["run", "--standalone", "--config", setup.ConfigFile, "--pod-manifest-path", setup.Manifests], setup.Environment))!;
        _process.StandardInput.Close();
        _log = Task.Run(() => CopyLogAsync(started));
    }

    /// <summary>How it is set up.</summary>
    public AgentSetup Setup { get; }

    /// <summary>The process.</summary>
    public int Pid => _process.Id;

    /// <summary>Where it serves.</summary>
    public Uri Server { get; private set; } = null!;

    /// <summary>The time from its start until it said that it is ready.</summary>
    public TimeSpan StartedIn { get; private set; }

    /// <summary>The bearer token.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Starts an agent and waits until it is ready.</summary>
    /// <exception cref="BenchmarkException">It does not get ready.</exception>
    public static async Task<AgentProcess> StartAsync(AgentSetup setup, CancellationToken cancellationToken)
    {
        setup.Write(Repository.Shim);
        var agent = new AgentProcess(setup);
        try
        {
            (agent.Server, agent.StartedIn) = await agent._ready.Task.WaitAsync(ReadyTimeout, cancellationToken);
            agent.Token = (await File.ReadAllTextAsync(Path.Combine(setup.StateDirectory, "token"), cancellationToken)).Trim();
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client with the token; the certificate is the agent's own and is not judged on loopback.</summary>
    public HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler();
#pragma warning disable CA5359 // Loopback, and the agent made the certificate a second ago.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        var client = new HttpClient(handler) { BaseAddress = Server, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return client;
    }

    /// <summary>A client of exec and port-forward, as our commands use it.</summary>
    public KubeletClient CreateKubeletClient(bool sharesConnection = false) => new(new KubeletClientOptions
    {
        SharesConnection = sharesConnection,
        Server = Server,
        BearerToken = Token,
        PinnedCertificateFile = Path.Combine(Setup.StateDirectory, "tls.crt"),
    });

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var term = Process.Start("kill", ["-TERM", $"{Pid}"]);
            using var timeout = new CancellationTokenSource(StopTimeout);
            await _process.WaitForExitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await _log;
        _process.Dispose();
    }

    private async Task CopyLogAsync(long started)
    {
        await using var file = new StreamWriter(Setup.LogFile, append: true);
        var last = "";
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            last = line;
            await file.WriteLineAsync(line);
            if (!_ready.Task.IsCompleted && Ready().Match(line) is { Success: true } match)
            {
                _ready.TrySetResult((new Uri(match.Groups[1].Value), Stopwatch.GetElapsedTime(started)));
            }
        }

        _ready.TrySetException(new BenchmarkException($"the agent has ended: {last}"));
    }

    [GeneratedRegex(" is ready: (https://[^,]*),")]
    private static partial Regex Ready();
}
