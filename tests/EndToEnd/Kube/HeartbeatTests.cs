using System.Text.Json.Nodes;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>What a node says of itself while nothing happens, after it was silent, and where it is to be reached.</summary>
[Collection(KubernetesCollection.Name)]
[Trait("Category", "Kubernetes")]
public sealed class HeartbeatTests(KubernetesSite site)
{
    private const int Deadline = 240_000;
    private const int LeaseSeconds = 8;

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N2")]
    [Trait("Item", "N7")]
    public async Task While_nothing_happens_only_the_lease_is_renewed_and_nothing_is_declared_that_the_server_does_not_know()
    {
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { LeaseSeconds = LeaseSeconds });
        var name = site.NewName("quiet");
        await site.CreateAsync(Manifest.Pod(name, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(name, PodPhases.Running);

        // What the start of the pod still has to say is said at some time; from then on nothing is.
        await Poll.UntilAsync(async () => await VersionsAsync() == await VersionsAsync(after: TimeSpan.FromSeconds(3)), "node and pod to have been told all");
        var (before, lease) = (await VersionsAsync(), await LeaseAsync(agent));

        Assert.Equal(before, await VersionsAsync(after: TimeSpan.FromSeconds(LeaseSeconds)));
        Assert.NotEqual(lease, await LeaseAsync(agent));
        Assert.Equal("", await site.CheckedKubectlAsync("get", "node", agent.Node, "-o", "jsonpath={.status.declaredFeatures}"));

        async Task<(string Node, string Pod)> VersionsAsync(TimeSpan after = default)
        {
            await Task.Delay(after);
            return (await VersionAsync("node", agent.Node), await VersionAsync("pod", name));
        }
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N3")]
    public async Task A_node_that_was_given_up_while_its_agent_stood_still_is_ready_again_when_it_goes_on()
    {
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { LeaseSeconds = LeaseSeconds });
        var name = site.NewName("outlives");
        await site.CreateAsync(Manifest.Pod(name, "sleep 600"), agent.Node);
        var before = await site.WaitForPhaseAsync(name, PodPhases.Running);

        Signals.Send(agent.Process.Id, Signals.Stop);
        await Task.Delay(TimeSpan.FromSeconds(LeaseSeconds + 2));
        await GiveUpAsync(agent.Node);
        Signals.Send(agent.Process.Id, Signals.Continue);

        var node = await site.WaitForNodeAsync(agent.Node, n => KubernetesSite.ConditionOf(n, "Ready")?.Status == "True", "to be ready again");
        Assert.Contains(node.Spec.Taints!, t => t.Key == "node.kubernetes.io/unreachable");
        Assert.Equal("hello\n", await site.CheckedKubectlAsync("exec", name, "--", "echo", "hello"));
        Assert.Equal(before.Status!.ContainerStatuses![0].ContainerID, (await site.FindPodAsync(name))!.Status!.ContainerStatuses![0].ContainerID);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N5")]
    public async Task An_address_at_which_the_API_server_does_not_reach_the_agent_is_a_dial_error_whatever_the_other_addresses()
    {
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { Kubelet = ["nodeAddresses: [127.0.0.77]"] });
        var name = site.NewName("unreachable");
        await site.CreateAsync(Manifest.Pod(name, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(name, PodPhases.Running);

        var logs = await site.KubectlAsync("logs", name);

        Assert.NotEqual(0, logs.ExitCode);
        Assert.Contains("dial tcp 127.0.0.77:", logs.Words, StringComparison.Ordinal);
    }

    private Task<string> VersionAsync(string kind, string name) => site.CheckedKubectlAsync("get", kind, name, "-o", "jsonpath={.metadata.resourceVersion}");

    private Task<string> LeaseAsync(NodeAgent agent) =>
        site.CheckedKubectlAsync("get", "lease", agent.Node, "--namespace", "kube-node-lease", "-o", "jsonpath={.spec.renewTime}");

    /// <summary>What the cluster's node controller does with a node whose lease has run out.</summary>
    private async Task GiveUpAsync(string node)
    {
        var found = (await site.FindNodeAsync(node))!;
        var conditions = found.Status!.Conditions!.Select(c => new JsonObject
        {
            ["type"] = c.Type,
            ["status"] = "Unknown",
            ["reason"] = "NodeStatusUnknown",
            ["message"] = "Kubelet stopped posting node status.",
        });
        await site.Api.PatchAsync(
            ApiResources.Nodes, ObjectKey.Cluster(node), Patch.Merge(new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray([.. conditions]) } }), CancellationToken.None, "status");
        await site.CheckedKubectlAsync("taint", "node", node, "node.kubernetes.io/unreachable=:NoSchedule");
    }
}
