using System.Text.Json;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>A cluster, an agent and a pod that sleeps, shared by the tests of a class that leave all three as they were.</summary>
public sealed class StreamingPod : IAsyncLifetime
{
    /// <summary>The pod's name.</summary>
    public const string Name = "sleeper";

    /// <summary>Slurm counts what the channel and its commands take.</summary>
    private static readonly ResourceRequirements Resources = new() { Requests = new Dictionary<string, JsonElement> { ["memory"] = JsonSerializer.SerializeToElement("1Gi") } };

    private readonly SlurmCluster _cluster = new();
    private Agent? _agent;

    internal Agent Agent => _agent!;

    /// <summary>An agent of one's own on a cluster, with the pod.</summary>
    internal static async Task<Agent> StartAsync(SlurmCluster cluster, AgentOptions? options = null)
    {
        var agent = await Agent.StartAsync(cluster, options);
        var pod = Manifest.Pod(Name, "exec sleep 3600");
        agent.Declare(pod with { Spec = pod.Spec with { Containers = [Manifest.Container("main", "exec sleep 3600") with { Resources = Resources }] } });
        await agent.WaitForPhaseAsync(Name, PodPhases.Running);
        return agent;
    }

    /// <summary>Another agent with other options on the same cluster.</summary>
    internal Task<Agent> StartAnotherAsync(AgentOptions options) => StartAsync(_cluster, options);

    public async Task InitializeAsync()
    {
        await _cluster.InitializeAsync();
        _agent = await StartAsync(_cluster);
    }

    public async Task DisposeAsync()
    {
        await (_agent?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _cluster.DisposeAsync();
    }
}
