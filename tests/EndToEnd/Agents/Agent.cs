using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Agents;

/// <summary>
/// <c>vk-slurm run --standalone</c> as a process, with directories of its own. Disposing it cancels its jobs and leaves
/// neither process nor file.
/// </summary>
internal sealed partial class Agent : IAsyncDisposable
{
    private readonly SlurmCluster _cluster;
    private readonly AgentProcess _process;
    private Uri? _server;
    private KubeletClient? _client;

    private Agent(SlurmCluster cluster, AgentOptions options)
    {
        _cluster = cluster;
        Files = new AgentDirectory(options);
        _process = new AgentProcess(["--standalone", "--config", Files.Config, "--pod-manifest-path", Files.Manifests], cluster.Variables);
    }

    public AgentDirectory Files { get; }

    /// <summary>The kubelet API of the agent that runs now.</summary>
    public KubeletClient Client => _client!;

    public Uri Server => _server!;

    public int ProcessId => _process.Id;

    /// <summary>What all agents of this directory have logged.</summary>
    public string Log => _process.Log;

    /// <summary>Makes the directories without starting an agent.</summary>
    public static Agent Prepare(SlurmCluster cluster, AgentOptions? options = null) => new(cluster, options ?? new AgentOptions());

    public static async Task<Agent> StartAsync(SlurmCluster cluster, AgentOptions? options = null)
    {
        var agent = Prepare(cluster, options);
        await agent.StartAsync();
        return agent;
    }

    /// <summary>Starts the agent and waits until it serves.</summary>
    public async Task StartAsync()
    {
        _server = await _process.StartAsync();
        _client = CreateClient();
    }

    /// <summary>Another client, the caller's.</summary>
    public KubeletClient CreateClient(bool sharesConnection = false) => new(new KubeletClientOptions
    {
        Server = _server!,
        TokenFile = Files.Token,
        PinnedCertificateFile = Path.Combine(Files.State, "tls.crt"),
        SharesConnection = sharesConnection,
    });

    /// <summary>Starts the process; completes with the address once it serves.</summary>
    public Task<string> Launch() => _process.Launch();

    /// <summary>kill -9, at this very moment.</summary>
    public async Task KillAsync()
    {
        await _process.KillAsync();
        _client?.Dispose();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        var code = await _process.StopAsync();
        _client?.Dispose();
        return code;
    }

    /// <summary>Waits for the process to end; returns the exit code.</summary>
    public async Task<int> EndedAsync()
    {
        var code = await _process.EndedAsync();
        _client?.Dispose();
        return code;
    }

    /// <summary>Declares a pod under its own name.</summary>
    public void Declare(Pod pod) => Files.WriteManifest($"{pod.Metadata.Name}.json", Manifest.Json(pod));

    public void Withdraw(string name) => Files.RemoveManifest($"{name}.json");

    public async Task<IReadOnlyList<Pod>> PodsAsync()
    {
        await using var stream = await Client.OpenPodsAsync(CancellationToken.None);
        return (await JsonSerializer.DeserializeAsync(stream, KubernetesJson.Api.PodList))!.Items ?? [];
    }

    /// <summary>A pod in the namespace <c>default</c>; null when there is none.</summary>
    public async Task<Pod?> FindAsync(string name) => (await PodsAsync()).SingleOrDefault(p => p.Metadata is { Namespace: "default" } metadata && metadata.Name == name);

    public async Task<Pod> WaitAsync(string name, Func<Pod, bool> condition, string what, TimeSpan? patience = null) =>
        (await Poll.UntilAsync(
            async () => await FindAsync(name) is { } pod ? (condition(pod), pod) : (false, null),
            pod => $"{(pod is null ? "no such pod" : JsonSerializer.Serialize(pod.Status, KubernetesJson.Api.PodStatus))}\n{Log}",
            $"pod {name}: {what}",
            patience))!;

    public Task<Pod> WaitForPhaseAsync(string name, string phase) => WaitAsync(name, pod => pod.Status?.Phase == phase, phase);

    public Task<Pod> WaitForEndAsync(string name, TimeSpan? patience = null) =>
        WaitAsync(name, pod => PodPhases.IsTerminal(pod.Status?.Phase), "the end", patience);

    public Task WaitForGoneAsync(string name) => Poll.UntilAsync(async () => await FindAsync(name) is null, $"pod {name} to go");

    /// <summary>The Slurm job of a pod that has one on record.</summary>
    public string JobOf(string name) => AgentDirectory.JobIdIn(Files.PodDirectory(name))!;

    /// <summary>Waits until a pod has a job.</summary>
    public async Task<string> WaitForJobAsync(string name) =>
        (await Poll.UntilAsync(
            () =>
            {
                var job = Files.PodDirectories().Where(path => Path.GetFileName(path).StartsWith($"default_{name}_", StringComparison.Ordinal)).Select(AgentDirectory.JobIdIn).SingleOrDefault();
                return Task.FromResult((job is not null, job));
            },
            _ => Log,
            $"pod {name} to have a job"))!;

    public async Task<string> LogsAsync(string pod, string container = "main", Func<LogsRequest, LogsRequest>? options = null)
    {
        var request = new LogsRequest("default", pod, container);
        await using var stream = await Client.OpenLogsAsync(options is null ? request : options(request), CancellationToken.None);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(3));
    }

    /// <summary>GET with the token; what the client has no method for.</summary>
    public async Task<(int Status, string Body)> GetAsync(string path, string? token = null)
    {
#pragma warning disable CA5399, CA5400 // The certificate is checked by other tests; it is self-signed.
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5399, CA5400
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Server, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? (await File.ReadAllTextAsync(Files.Token)).Trim());
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Runs <c>vk-slurm</c> with this agent's address and token.</summary>
    public Task<CommandOutcome> CommandAsync(params string[] arguments) =>
        Run.TryAsync(Binaries.Agent, Connected(arguments), _cluster.Variables);

    /// <summary>Starts <c>vk-slurm</c> with this agent's address and token.</summary>
    public Process Start(params string[] arguments) =>
        Run.Start(Binaries.Agent, Connected(arguments), _cluster.Variables);

    /// <summary>Arguments of <c>vk-slurm</c> with this agent's address and token, which stand in front of what is meant for a pod.</summary>
    public IReadOnlyList<string> Connected(params string[] arguments) =>
        [arguments[0], "--server", Server.ToString(), "--token-file", Files.Token, .. arguments[1..]];

    /// <summary>Runs <c>vk-slurm</c> with this agent's node YAML.</summary>
    public Task<CommandOutcome> SiteCommandAsync(string command, params string[] arguments) =>
        Run.TryAsync(Binaries.Agent, [command, "--config", Files.Config, .. arguments], _cluster.Variables);

    /// <summary>How often the agent has run a Slurm command, by command.</summary>
    public async Task<IReadOnlyDictionary<string, double>> SlurmCommandsAsync() =>
        (await GetAsync("/metrics")).Body.Split('\n')
            .Select(line => CommandCount().Match(line))
            .Where(match => match.Success)
            .GroupBy(match => match.Groups[1].Value)
            .ToDictionary(g => g.Key, g => g.Sum(m => double.Parse(m.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture)));

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _client?.Dispose();

        await _cluster.CancelJobsAsync(Files.Node);
        await ProcessLeaks.AssertNoneAsync(Files.Root);
        Files.Dispose();
    }

    [GeneratedRegex("^vk_slurm_commands[a-z_]*\\{.*command=\"([a-z]+)\".*\\} ([0-9.e+]+)")]
    private static partial Regex CommandCount();
}
