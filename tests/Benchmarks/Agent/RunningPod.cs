using System.Text.Json;
using VirtualKubelet.Benchmarks.Support;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Benchmarks.Agent;

/// <summary>A pod of one container, <c>main</c>, in the namespace <c>bench</c>; ended and removed when disposed of.</summary>
internal sealed class RunningPod : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly AgentProcess _agent;
    private readonly HttpClient _client;
    private readonly string _name;

    private RunningPod(AgentProcess agent, HttpClient client, string name)
    {
        (_agent, _client, _name) = (agent, client, name);
    }

    /// <summary>Its name.</summary>
    public string Name => _name;

    /// <summary>The path and query prefix of its log's URL.</summary>
    public string LogPath => $"containerLogs/bench/{_name}/main";

    /// <summary>The log file of its first run.</summary>
    public string LogFile => new PodDirectoryLayout(Directory.GetDirectories(_agent.Setup.WorkDirectory, $"bench_{_name}_*").Single()).LogFile("main", 0);

    /// <summary>Declares a pod and waits until it is in a phase.</summary>
    public static async Task<RunningPod> StartAsync(AgentProcess agent, HttpClient client, string name, string command, string phase, CancellationToken cancellationToken)
    {
        var pod = new RunningPod(agent, client, name);
        PodManifests.Put(agent.Setup, $"{name}.json", PodManifests.Pod(name, command, isHeld: false));
        await Waiting.UntilAsync($"pod {name} {phase}", async () => await pod.PhaseAsync(cancellationToken) == phase, LookInterval, Patience, cancellationToken);
        return pod;
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(Path.Combine(_agent.Setup.Manifests, $"{_name}.json"));
        await Waiting.UntilAsync($"end of pod {_name}", async () => await PhaseAsync(CancellationToken.None) is null, LookInterval, Patience, CancellationToken.None);
    }

    private async Task<string?> PhaseAsync(CancellationToken cancellationToken)
    {
        using var list = JsonDocument.Parse(await _client.GetStreamAsync("pods", cancellationToken));
        return list.RootElement.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray()
                .Where(p => p.GetProperty("metadata").GetProperty("name").GetString() == _name)
                .Select(p => p.GetProperty("status").GetProperty("phase").GetString())
                .FirstOrDefault()
            : null;
    }
}
