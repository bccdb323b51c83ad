using System.Globalization;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>
/// <c>vk-slurm run</c> in a cluster, with directories of its own. Disposing it removes its nodes and their pods, cancels their jobs and leaves neither
/// process nor file.
/// </summary>
internal sealed class NodeAgent : IAsyncDisposable
{
    private readonly KubernetesSite _site;
    private readonly bool _ownsFiles;

    private NodeAgent(KubernetesSite site, NodeAgentOptions options)
    {
        _site = site;
        _ownsFiles = options.Root is null;
        Root = options.Root ?? Directory.CreateTempSubdirectory("vk-e2e-node-").FullName;
        Nodes = options.Nodes.Count > 0 ? options.Nodes : [Path.GetFileName(Root).ToLowerInvariant()];
        Process = new AgentProcess(["--config", Config], site.Slurm.Variables.Concat(options.Variables).ToDictionary());
    }

    public string Root { get; }

    /// <summary>The names of its nodes.</summary>
    public IReadOnlyList<string> Nodes { get; }

    /// <summary>The name of its only, or first, node.</summary>
    public string Node => Nodes[0];

    public AgentProcess Process { get; }

    public string Config => Path.Combine(Root, $"{Node}.yaml");

    /// <summary>Parent of the pod directories of a node.</summary>
    public string Work(string? node = null) => Path.Combine(Root, "pods", node ?? Node);

    /// <summary>A path for what a container wants to tell the test beside its log.</summary>
    public string Scratch(string name) => Path.Combine(Root, name);

    /// <summary>The directory of a pod that is there.</summary>
    public string PodDirectory(string pod) => Directory.EnumerateDirectories(Work(), $"default_{pod}_*").Single();

    /// <summary>All pod directories of the first node.</summary>
    public IEnumerable<string> PodDirectories() => Directory.Exists(Work()) ? Directory.EnumerateDirectories(Work(), "default_*") : [];

    /// <summary>The Slurm job of a pod that has one on record.</summary>
    public string JobOf(string pod) => AgentDirectory.JobIdIn(PodDirectory(pod))!;

    /// <summary>Makes the directories and the node YAML without starting an agent.</summary>
    public static async Task<NodeAgent> PrepareAsync(KubernetesSite site, NodeAgentOptions? options = null)
    {
        options ??= new NodeAgentOptions();
        var agent = new NodeAgent(site, options);
        var kubeconfig = options.Kubeconfig ?? await site.Kube.NodeKubeconfigAsync(agent.Node);
        await File.WriteAllTextAsync(agent.Config, string.Join("\n---\n", agent.Nodes.Select(node => agent.Yaml(node, kubeconfig, options))));
        return agent;
    }

    /// <summary>Starts an agent and waits until all its nodes are Ready.</summary>
    public static async Task<NodeAgent> StartAsync(KubernetesSite site, NodeAgentOptions? options = null)
    {
        var agent = await PrepareAsync(site, options);
        await agent.StartAsync();
        return agent;
    }

    /// <summary>Starts the process and waits until all nodes are Ready.</summary>
    public async Task StartAsync()
    {
        await Process.StartAsync();
        foreach (var node in Nodes)
        {
            await _site.WaitForReadyNodeAsync(node);
        }
    }

    /// <summary>Runs <c>vk-slurm</c> with this agent's node YAML.</summary>
    public Task<CommandOutcome> CommandAsync(string command, params string[] arguments) =>
        Run.TryAsync(Testing.Binaries.Agent, [command, "--config", Config, .. arguments], _site.Slurm.Variables);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();

        if (!_ownsFiles)
        {
            return;
        }

        foreach (var node in Nodes)
        {
            await ForgetAsync(node);
        }

        await ProcessLeaks.AssertNoneAsync(Root);
        Directory.Delete(Root, recursive: true);
    }

    // The agent is gone: what it would do on these deletions is not to happen.
    private async Task ForgetAsync(string node)
    {
        var pods = await _site.Api.ListAllAsync(ApiResources.Pods, null, new ListOptions { FieldSelector = $"spec.nodeName={node}" }, CancellationToken.None);
        foreach (var pod in pods.Items)
        {
            await ForgetAsync(ApiResources.Pods, ObjectKey.Of(pod));
        }

        await ForgetAsync(ApiResources.Nodes, ObjectKey.Cluster(node));
        await ForgetAsync(ApiResources.Leases, new ObjectKey("kube-node-lease", node));
        await _site.Slurm.CancelJobsAsync(node);
    }

    private async Task ForgetAsync<T>(ApiResource<T> resource, ObjectKey key)
        where T : class, IKubernetesObject
    {
        try
        {
            await _site.Api.DeleteAsync(resource, key, new DeleteOptions { GracePeriodSeconds = 0 }, CancellationToken.None);
        }
        catch (ApiException e) when (e.Kind == ApiErrorKind.NotFound)
        {
            // Gone already, or never there.
        }
    }

    private string Yaml(string node, string kubeconfig, NodeAgentOptions options) => $$"""
        apiVersion: slurm.virtual-kubelet.io/v1alpha1
        kind: VirtualNode
        metadata:
          name: {{node}}
          labels: {example.com/site: test}
        spec:
          kubeconfig: {{kubeconfig}}
          workDirectory: {{Work(node)}}
          stateDirectory: {{Path.Combine(Root, "state", node)}}
          podDirectoryRetention: 0s
          kubelet:
            port: 0
            authentication:
              clientCAFile: {{_site.Kube.Authority}}
            nodeLeaseDurationSeconds: {{options.LeaseSeconds.ToString(CultureInfo.InvariantCulture)}}
            nodeStatusUpdateFrequency: 1s
            {{string.Join("\n    ", options.Kubelet)}}
          slurm:
            pollInterval: 300ms
            lostJobGrace: {{options.LostJobGrace}}
            commandTimeout: {{options.CommandTimeout}}
            allowedAnnotations: [{name: partition}, {name: time-limit}]
            allowedFlags: [--hold]
          defaults: {memory: 64Mi}
          runtime: {shimPath: "{{options.ShimPath}}"}
        """;
}
