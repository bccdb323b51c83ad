using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.EndToEnd.Clusters;

/// <summary>What a site has that runs the agent: a Kubernetes cluster and a Slurm cluster.</summary>
public class KubernetesSite : IAsyncLifetime
{
    private int _names;

    /// <summary>The Kubernetes cluster.</summary>
    internal ControlPlane Kube { get; } = new();

    /// <summary>The Slurm cluster.</summary>
    internal SlurmCluster Slurm { get; } = new();

    internal ApiClient Api => Kube.Api;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Kube.StartAsync(), Slurm.InitializeAsync());
    }

    public async Task DisposeAsync() => await Task.WhenAll(Kube.DisposeAsync().AsTask(), Slurm.DisposeAsync());

    /// <summary>A name that no other test uses.</summary>
    internal string NewName(string word) => string.Create(CultureInfo.InvariantCulture, $"{word}-{Interlocked.Increment(ref _names)}");

    /// <summary>Runs kubectl as an administrator.</summary>
    internal Task<CommandOutcome> KubectlAsync(params string[] arguments) => Run.TryAsync("/usr/bin/env", ["kubectl", .. arguments], Kube.Variables);

    /// <summary>Runs kubectl as an administrator, successfully, and returns what it printed.</summary>
    internal Task<string> CheckedKubectlAsync(params string[] arguments) => Run.CheckedAsync("/usr/bin/env", ["kubectl", .. arguments], Kube.Variables);

    /// <summary>Applies manifests as a user would.</summary>
    internal async Task ApplyAsync(params JsonNode[] manifests)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, string.Join("\n---\n", manifests.Select(m => m.ToJsonString())));
            await CheckedKubectlAsync("apply", "--filename", file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Creates a pod on a node, as a scheduler would leave it.</summary>
    internal Task<Pod> CreateAsync(Pod pod, string node) => Api.CreateAsync(ApiResources.Pods, pod with { Spec = pod.Spec with { NodeName = node } }, CancellationToken.None);

    /// <summary>An object as it stands; null when it is not there.</summary>
    internal async Task<T?> FindAsync<T>(ApiResource<T> resource, string name, string inNamespace = "default")
        where T : class, IKubernetesObject
    {
        try
        {
            return await Api.GetAsync(resource, resource.IsNamespaced ? new ObjectKey(inNamespace, name) : ObjectKey.Cluster(name), CancellationToken.None);
        }
        catch (ApiException e) when (e.Kind == ApiErrorKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>A pod in the namespace <c>default</c>.</summary>
    internal Task<Pod?> FindPodAsync(string name) => FindAsync(ApiResources.Pods, name);

    internal Task<Node?> FindNodeAsync(string name) => FindAsync(ApiResources.Nodes, name);

    internal async Task<Pod> WaitForPodAsync(string name, Func<Pod, bool> condition, string what, TimeSpan? patience = null) =>
        (await Poll.UntilAsync(
            async () => await FindPodAsync(name) is { } pod ? (condition(pod), pod) : (false, null),
            pod => pod is null ? "no such pod" : JsonSerializer.Serialize(pod.Status, KubernetesJson.Api.PodStatus),
            $"pod {name}: {what}",
            patience))!;

    internal Task<Pod> WaitForPhaseAsync(string name, string phase, TimeSpan? patience = null) =>
        WaitForPodAsync(name, pod => pod.Status?.Phase == phase, phase, patience);

    internal Task WaitForPodGoneAsync(string name, TimeSpan? patience = null) => Poll.UntilAsync(async () => await FindPodAsync(name) is null, $"pod {name} to go", patience);

    internal async Task<Node> WaitForNodeAsync(string name, Func<Node, bool> condition, string what) =>
        (await Poll.UntilAsync(
            async () => await FindNodeAsync(name) is { } node ? (condition(node), node) : (false, null),
            node => node is null ? "no such node" : string.Join("; ", (node.Status?.Conditions ?? []).Select(c => $"{c.Type}={c.Status} {c.Reason}: {c.Message}")),
            $"node {name}: {what}"))!;

    internal Task<Node> WaitForReadyNodeAsync(string name) => WaitForNodeAsync(name, node => ConditionOf(node, "Ready")?.Status == "True", "Ready");

    internal static NodeCondition? ConditionOf(Node node, string type) => node.Status?.Conditions?.FirstOrDefault(c => c.Type == type);

    /// <summary>Reasons of the events about an object of the namespace <c>default</c>, or about a node.</summary>
    internal async Task<IReadOnlyList<Event>> EventsAsync(string about) =>
        [.. (await Api.ListAllAsync(ApiResources.Events, null, new ListOptions { FieldSelector = $"involvedObject.name={about}" }, CancellationToken.None)).Items];

    internal Task WaitForEventAsync(string about, string reason) => Poll.UntilAsync(
        async () =>
        {
            var events = await EventsAsync(about);
            return (events.Any(e => e.Reason == reason), events);
        },
        events => string.Join("; ", events.Select(e => $"{e.Reason}: {e.Message}")),
        $"an event {reason} about {about}");

    /// <summary>The jobs that a pod ever had.</summary>
    internal async Task<IReadOnlyList<string>> JobsOfAsync(Pod pod) => [.. (await Slurm.JobsByUidAsync())[pod.Metadata.Uid!]];

    /// <summary>The state of a job in Slurm's words.</summary>
    internal async Task<string> JobStateAsync(string job) =>
        (await Slurm.SlurmAsync("squeue", "--noheader", "--states=all", $"--jobs={job}", "--format=%T")).Trim();

    /// <summary>Waits until a job has ended; returns its state.</summary>
    internal Task<string> WaitForJobEndAsync(string job) => Poll.UntilAsync(
        async () =>
        {
            var state = await JobStateAsync(job);
            return (state is not ("RUNNING" or "PENDING" or "COMPLETING" or "CONFIGURING"), state);
        },
        state => state,
        $"the end of job {job}");
}
