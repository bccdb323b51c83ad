using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>A virtual node as the cluster sees it.</summary>
[Collection(KubernetesCollection.Name)]
[Trait("Category", "Kubernetes")]
public sealed class NodeTests(KubernetesSite site)
{
    private const int Deadline = 240_000;

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N1")]
    public async Task A_node_that_has_joined_shows_all_that_a_kubelet_shows()
    {
        await using var agent = await NodeAgent.StartAsync(site);

        var node = (await site.FindNodeAsync(agent.Node))!;

        Assert.Equal(agent.Node, node.Metadata.Labels!["kubernetes.io/hostname"]);
        Assert.Equal("linux", node.Metadata.Labels["kubernetes.io/os"]);
        Assert.True(node.Metadata.Labels.ContainsKey("kubernetes.io/arch"));
        Assert.Equal("test", node.Metadata.Labels["example.com/site"]);
        Assert.Contains(node.Status!.Addresses!, a => a is { Type: "InternalIP", Address: "127.0.0.1" });
        Assert.Contains(node.Status.Addresses!, a => a.Type == "Hostname" && a.Address == agent.Node);
        Assert.Equal(agent.Process.Log.Split("is ready: https://127.0.0.1:")[1].Split(',')[0], node.Status.DaemonEndpoints!.KubeletEndpoint!.Port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("32", node.Status.Capacity!["cpu"]);
        Assert.All(["cpu", "memory", "pods", "ephemeral-storage"], resource => Assert.True(node.Status.Allocatable!.ContainsKey(resource), resource));
        Assert.All(["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"], type => Assert.NotNull(KubernetesSite.ConditionOf(node, type)));
        Assert.StartsWith("v1.", node.Status.NodeInfo!.KubeletVersion, StringComparison.Ordinal);
        Assert.Contains(node.Spec.Taints!, t => t is { Key: "virtual-kubelet.io/provider", Value: "slurm", Effect: "NoSchedule" });
        var described = await site.CheckedKubectlAsync("describe", "node", agent.Node);
        Assert.Contains("KubeletReady", described, StringComparison.Ordinal);
        Assert.Contains("HolderIdentity:  " + agent.Node, described, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N4")]
    public async Task Two_nodes_of_one_process_and_address_are_reached_each_by_its_own_port()
    {
        var (first, second) = (site.NewName("cpu"), site.NewName("gpu"));
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { Nodes = [first, second], Kubeconfig = await ServiceAccountAsync() });
        await site.CreateAsync(Manifest.Pod($"on-{first}", "echo of the first; sleep 600"), first);
        await site.CreateAsync(Manifest.Pod($"on-{second}", "echo of the second; sleep 600"), second);
        await site.WaitForPhaseAsync($"on-{first}", PodPhases.Running);
        await site.WaitForPhaseAsync($"on-{second}", PodPhases.Running);

        foreach (var (node, words) in new[] { (first, "of the first\n"), (second, "of the second\n") })
        {
            await Poll.UntilAsync(async () => await site.CheckedKubectlAsync("logs", $"on-{node}") == words, $"the log of the pod on {node}");
            Assert.Equal($"on-{node}\n", await site.CheckedKubectlAsync("exec", $"on-{node}", "--", "sh", "-c", "echo $SLURM_JOB_NAME | cut -d. -f1"));
        }

        Assert.NotEqual(
            (await site.FindNodeAsync(first))!.Status!.DaemonEndpoints!.KubeletEndpoint!.Port,
            (await site.FindNodeAsync(second))!.Status!.DaemonEndpoints!.KubeletEndpoint!.Port);
        Assert.Equal(0, await agent.Process.StopAsync());
    }

    [Fact(Timeout = Deadline)]
    public async Task A_node_that_is_deleted_by_hand_comes_back_and_its_pods_go_on()
    {
        await using var agent = await NodeAgent.StartAsync(site);
        var name = site.NewName("stays");
        await site.CreateAsync(Manifest.Pod(name, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(name, PodPhases.Running);
        var job = agent.JobOf(name);
        var before = (await site.FindNodeAsync(agent.Node))!.Metadata.Uid;

        await site.CheckedKubectlAsync("delete", "node", agent.Node);

        await site.WaitForNodeAsync(agent.Node, n => n.Metadata.Uid != before && KubernetesSite.ConditionOf(n, "Ready")?.Status == "True", "to be back");
        Assert.Equal("RUNNING", await site.JobStateAsync(job));
        Assert.Equal(PodPhases.Running, (await site.FindPodAsync(name))!.Status!.Phase);
        Assert.Equal("hello\n", await site.CheckedKubectlAsync("exec", name, "--", "echo", "hello"));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_agent_that_stands_by_takes_over_at_once_when_the_other_one_stops()
    {
        await using var agent = await NodeAgent.StartAsync(site);
        var name = site.NewName("kept");
        await site.CreateAsync(Manifest.Pod(name, "sleep 600"), agent.Node);
        var before = await site.WaitForPhaseAsync(name, PodPhases.Running);
        await using var standby = new AgentProcess(["--config", agent.Config], site.Slurm.Variables);
        var ready = standby.Launch();
        await standby.WaitForLogAsync("stands by");
        Assert.False(ready.IsCompleted);

        Assert.Equal(0, await agent.Process.StopAsync());
        await ready.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal("hello\n", await Poll.UntilAsync(
            async () =>
            {
                var exec = await site.KubectlAsync("exec", name, "--", "echo", "hello");
                return (exec.ExitCode == 0, exec.Output);
            },
            output => output,
            "exec through the other agent"));
        var after = (await site.FindPodAsync(name))!;
        Assert.Equal(before.Status!.ContainerStatuses![0].ContainerID, after.Status!.ContainerStatuses![0].ContainerID);
        Assert.Equal([agent.JobOf(name)], await site.JobsOfAsync(after));
        Assert.Equal(0, await standby.StopAsync());
    }

    [Fact(Timeout = Deadline)]
    public async Task An_agent_that_stands_by_takes_over_when_the_other_one_has_been_silent_for_the_time_of_its_lease()
    {
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { LeaseSeconds = 4 });
        var name = site.NewName("inherited");
        await site.CreateAsync(Manifest.Pod(name, "sleep 600"), agent.Node);
        await site.WaitForPhaseAsync(name, PodPhases.Running);
        await using var standby = new AgentProcess(["--config", agent.Config], site.Slurm.Variables);
        var ready = standby.Launch();
        await standby.WaitForLogAsync("stands by");

        await agent.Process.KillAsync();
        await ready.WaitAsync(TimeSpan.FromSeconds(40));

        await site.CheckedKubectlAsync("delete", "pod", name, "--timeout=60s");
        Assert.Equal(0, await standby.StopAsync());
    }

    [Fact(Timeout = Deadline)]
    public async Task A_node_with_the_state_directory_of_another_stands_by_and_takes_no_lease()
    {
        await using var agent = await NodeAgent.StartAsync(site);
        var other = site.NewName("other");
        var yaml = (await File.ReadAllTextAsync(agent.Config))
            .Replace($"name: {agent.Node}\n", $"name: {other}\n", StringComparison.Ordinal)
            .Replace($"nodes/{agent.Node}.kubeconfig", $"nodes/{other}.kubeconfig", StringComparison.Ordinal);
        var config = agent.Scratch("other.yaml");
        await File.WriteAllTextAsync(config, yaml);
        await site.Kube.NodeKubeconfigAsync(other);

        await using var second = new AgentProcess(["--config", config], site.Slurm.Variables);
        _ = second.Launch();
        await second.WaitForLogAsync($"node {other} stands by: another agent of this node is running");
        await Task.Delay(TimeSpan.FromSeconds(2));

        Assert.Null(await site.FindNodeAsync(other));
        Assert.Null(await site.FindAsync(ApiResources.Leases, other, "kube-node-lease"));
        Assert.Equal(0, await second.StopAsync());
    }

    [Fact(Timeout = Deadline)]
    public async Task An_agent_that_cannot_listen_after_all_stops_what_has_started_before_it_gives_the_lease_back()
    {
        await using var agent = await NodeAgent.StartAsync(site);
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        occupant.Stop();
        var config = agent.Scratch("other.yaml");
        File.Copy(agent.Config, config);
        await ChangeAsync(config, "port: 0", $"port: {port}");
        await ChangeAsync(config, $"stateDirectory: {agent.Root}/state", $"stateDirectory: {agent.Root}/other");
        await using var second = new AgentProcess(["--config", config], site.Slurm.Variables);
        _ = second.Launch();
        await second.WaitForLogAsync("stands by");

        using var late = new TcpListener(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        late.Start();
        Assert.Equal(0, await agent.Process.StopAsync());
        Assert.Equal(1, await second.EndedAsync());

        var stopped = second.Log.IndexOf($"node {agent.Node} has stopped", StringComparison.Ordinal);
        Assert.True(stopped >= 0 && stopped < second.Log.IndexOf("was given back", StringComparison.Ordinal), second.Log);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_node_whose_port_is_in_use_takes_no_lease_and_joins_when_it_is_free()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        await using var agent = await NodeAgent.PrepareAsync(site);
        await ChangeAsync(agent.Config, "port: 0", $"port: {((IPEndPoint)occupant.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}");
        var ready = agent.Process.Launch();
        await agent.Process.WaitForLogAsync($"node {agent.Node} stands by: it cannot listen on 127.0.0.1:");
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Null(await site.FindAsync(ApiResources.Leases, agent.Node, "kube-node-lease"));

        occupant.Stop();

        await ready.WaitAsync(TimeSpan.FromSeconds(40));
        Assert.Single(agent.Process.Log.Split('\n'), line => line.Contains("stands by", StringComparison.Ordinal));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_node_of_the_name_of_a_real_one_takes_neither_its_lease_nor_its_pods()
    {
        await using var agent = await NodeAgent.PrepareAsync(site);
        await site.ApplyAsync(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["metadata"] = new JsonObject { ["name"] = agent.Node } });
        await SetKubeletVersionAsync(agent.Node, "v1.31.2");
        var ready = agent.Process.Launch();

        await agent.Process.WaitForLogAsync($"the cluster has a node {agent.Node} of a kubelet v1.31.2");
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Null(await site.FindAsync(ApiResources.Leases, agent.Node, "kube-node-lease"));
        await SetKubeletVersionAsync(agent.Node, "");

        await ready.WaitAsync(TimeSpan.FromSeconds(40));
        await site.WaitForReadyNodeAsync(agent.Node);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_node_that_cannot_start_leaves_the_others_of_its_process_alone()
    {
        var (good, bad) = (site.NewName("good"), site.NewName("bad"));
        await using var agent = await NodeAgent.PrepareAsync(site, new NodeAgentOptions { Nodes = [good, bad], Kubeconfig = await ServiceAccountAsync() });
        var documents = (await File.ReadAllTextAsync(agent.Config)).Split("\n---\n");
        await File.WriteAllTextAsync(agent.Config, $"{documents[0]}\n---\n{System.Text.RegularExpressions.Regex.Replace(documents[1], "kubeconfig: .*", "kubeconfig: /nowhere/kubeconfig")}");

        await agent.Process.StartAsync();

        await site.WaitForReadyNodeAsync(good);
        await agent.Process.WaitForLogAsync($"node {bad} cannot start: the kubeconfig /nowhere/kubeconfig cannot be read");
        Assert.Equal(0, await agent.Process.StopAsync());
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N6")]
    public async Task A_serving_certificate_of_the_cluster_is_taken_as_soon_as_it_is_issued()
    {
        await using var agent = await NodeAgent.StartAsync(site, new NodeAgentOptions { Kubelet = ["serverTLSBootstrap: true"] });
        Assert.NotEqual(0, (await CurlAsync(agent, "/healthz")).ExitCode);
        var request = await Poll.UntilAsync(
            async () =>
            {
                var requests = await site.Api.ListAllAsync(ApiResources.CertificateSigningRequests, null, new ListOptions(), CancellationToken.None);
                var own = requests.Items.FirstOrDefault(r => r.Spec.Username == $"system:node:{agent.Node}");
                return (own is not null, own);
            },
            _ => "no request",
            "a request for a certificate");
        Assert.Equal("kubernetes.io/kubelet-serving", request!.Spec.SignerName);
        Assert.Equal(["digital signature", "key encipherment", "server auth"], request.Spec.Usages!.Order());

        await site.CheckedKubectlAsync("certificate", "approve", request.Metadata.Name!);
        await SignAsync(agent, request.Metadata.Name!);

        await Poll.UntilAsync(async () => (await CurlAsync(agent, "/healthz")) is { ExitCode: 0, Output: "ok" }, "the certificate to be served");
    }

    [Fact(Timeout = Deadline)]
    public async Task Whoever_the_API_server_knows_and_lets_may_read_the_metrics_and_nobody_else()
    {
        await using var agent = await NodeAgent.StartAsync(site);

        var metrics = await CurlAsync(agent, "/metrics", "--insecure");
        var stranger = await Run.TryAsync("/usr/bin/curl", ["--silent", "--insecure", $"{Address(agent)}/metrics"]);

        Assert.Equal(0, metrics.ExitCode);
        foreach (var name in new[] { "vk_slurm_informer_lists_total", "vk_slurm_informer_watches_open", "vk_slurm_api_requests_total", "vk_slurm_lease_held" })
        {
            Assert.Contains($"\n{name}", metrics.Output, StringComparison.Ordinal);
        }

        Assert.Equal("Unauthorized", stranger.Output.Trim());
    }

    [Fact(Timeout = Deadline)]
    public async Task A_site_with_a_cluster_is_checked_with_it()
    {
        await using var agent = await NodeAgent.PrepareAsync(site);

        var check = await agent.CommandAsync("check");

        Assert.True(check.ExitCode == 0, check.Words);
        Assert.Contains("ok    API server lets this node in", check.Output, StringComparison.Ordinal);
        Assert.Contains("ok    pods of the node can be listed", check.Output, StringComparison.Ordinal);
        Assert.Contains("ok    API server permissions", check.Output, StringComparison.Ordinal);
        Assert.Null(await site.FindNodeAsync(agent.Node));
    }

    private Task<Node> SetKubeletVersionAsync(string node, string version) => site.Api.PatchAsync(
        ApiResources.Nodes,
        ObjectKey.Cluster(node),
        Patch.Merge(new JsonObject { ["status"] = new JsonObject { ["nodeInfo"] = new JsonObject { ["kubeletVersion"] = version } } }),
        CancellationToken.None,
        "status");

    private static async Task ChangeAsync(string file, string before, string after) =>
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(before, after, StringComparison.Ordinal));

    private static string Address(NodeAgent agent) => "https://127.0.0.1:" + agent.Process.Log.Split("is ready: https://127.0.0.1:")[1].Split(',')[0];

    /// <summary>Asks the agent itself, as an administrator who trusts the cluster's authority only.</summary>
    private Task<CommandOutcome> CurlAsync(NodeAgent agent, string path, params string[] options)
    {
        var pki = Path.Combine(site.Kube.Root, "pki");
        return Run.TryAsync(
            "/usr/bin/curl",
            ["--silent", "--max-time", "20", "--cacert", $"{pki}/ca.crt", "--cert", $"{pki}/admin.crt", "--key", $"{pki}/admin.key", .. options, Address(agent) + path]);
    }

    /// <summary>What the signer of a cluster does with an approved request.</summary>
    private Task<string> SignAsync(NodeAgent agent, string request) => Run.CheckedAsync(
        "/bin/bash",
        [
            "-euc",
            """
            kubectl get csr "$3" -o jsonpath='{.spec.request}' | base64 -d >"$2.csr"
            openssl x509 -req -in "$2.csr" -days 30 -CA "$1/pki/ca.crt" -CAkey "$1/pki/ca.key" -set_serial "0x$(openssl rand -hex 15)" \
                -extfile <(printf '%s\n' extendedKeyUsage=serverAuth "subjectAltName=IP:127.0.0.1,DNS:$4") -out "$2.crt"
            kubectl patch csr "$3" --subresource=status --type=merge --patch "{\"status\": {\"certificate\": \"$(base64 -w 0 <"$2.crt")\"}}"
            """,
            "sign", site.Kube.Root, agent.Scratch("serving"), request, agent.Node,
        ],
        site.Kube.Variables);

    /// <summary>A kubeconfig of the account that deploy/rbac.yaml makes.</summary>
    private async Task<string> ServiceAccountAsync()
    {
        await site.CheckedKubectlAsync("apply", "--filename", Repository.PathOf("deploy/rbac.yaml"));
        var token = (await site.CheckedKubectlAsync("create", "token", "vk-slurm", "--namespace", "vk-slurm")).Trim();
        var path = Path.Combine(site.Kube.Root, "service-account.kubeconfig");
        await File.WriteAllTextAsync(path, $"""
            clusters:
            - name: c
              cluster:
                server: {site.Kube.Server}
                certificate-authority: {site.Kube.Authority}
            users:
            - name: u
              user:
                token: {token}
            contexts:
            - name: x
              context:
                cluster: c
                user: u
            current-context: x
            """);
        return path;
    }
}
