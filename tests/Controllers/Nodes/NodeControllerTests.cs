using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.Controllers.Nodes;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.Nodes;

public sealed class NodeControllerTests
{
    private const int Deadline = 120_000;

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N1")]
    [Trait("Item", "N5")]
    public async Task A_new_node_says_everything_a_kubelet_would_say()
    {
        await using var harness = await NodeHarness.CreateAsync();
        var began = harness.Time.GetUtcNow();
        await harness.RunAsync();
        Assert.True(harness.Time.GetUtcNow() - began < TimeSpan.FromSeconds(2));
        await harness.AdvanceUntilAsync(() => harness.Events.Count("NodeReady") == 1, step: 0);

        var node = harness.Node.ToNode();
        Assert.Equal(
            """{"beta.kubernetes.io/arch":"amd64","beta.kubernetes.io/os":"linux","kubernetes.io/arch":"amd64","kubernetes.io/hostname":"virtual-0","kubernetes.io/os":"linux","type":"virtual-kubelet","team":"hpc"}""",
            node["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal("true", (string?)node["metadata"]!["annotations"]!["volumes.kubernetes.io/controller-managed-attach-detach"]);
        Assert.Equal("""[{"key":"virtual-kubelet.io/provider","value":"slurm","effect":"NoSchedule"}]""", node["spec"]!["taints"]!.ToJsonString());
        var status = node["status"]!;
        Assert.Equal("""[{"type":"InternalIP","address":"10.1.2.3"},{"type":"Hostname","address":"virtual-0"}]""", status["addresses"]!.ToJsonString());
        Assert.Equal("""{"kubeletEndpoint":{"Port":10251}}""", status["daemonEndpoints"]!.ToJsonString());
        Assert.Equal("""{"cpu":"64","memory":"256Gi","pods":"500","nvidia.com/gpu":"4","ephemeral-storage":"10Gi"}""", status["capacity"]!.ToJsonString());
        Assert.Equal(status["capacity"]!.ToJsonString(), status["allocatable"]!.ToJsonString());
        Assert.Equal(
            ["MemoryPressure False KubeletHasSufficientMemory", "DiskPressure False KubeletHasNoDiskPressure", "PIDPressure False KubeletHasSufficientPID", "SlurmReachable True SlurmAnswers", "Ready True KubeletReady"],
            status["conditions"]!.AsArray().Select(c => $"{c!["type"]} {c["status"]} {c["reason"]}"));
        Assert.Matches(@"^v1\.31\.2\+vk-slurm\.\d+\.\d+\.\d+$", (string?)status["nodeInfo"]!["kubeletVersion"]);
        Assert.Equal("slurm://22.05.8", (string?)status["nodeInfo"]!["containerRuntimeVersion"]);
        Assert.Matches("^[0-9a-f]{32}$", (string?)status["nodeInfo"]!["machineID"]);
        Assert.Equal(["Starting", "NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID", "NodeReady"], harness.Events.Reasons);
        Assert.All(harness.Events.All, e => Assert.Equal(("Node", "virtual-0", "virtual-0"), (e.About.Kind, e.About.Name, e.About.Uid)));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N2")]
    public async Task Ten_quiet_minutes_cost_a_lease_every_ten_seconds_and_a_status_every_five_minutes_or_so()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        await harness.PassAsync(TimeSpan.FromSeconds(20));
        var last = NodeHarness.At(NodeHarness.Condition(harness.Node, "Ready"), "lastHeartbeatTime");
        var transition = NodeHarness.At(NodeHarness.Condition(harness.Node, "Ready"), "lastTransitionTime");
        harness.Server.Requests.Clear();
        await harness.PassAsync(TimeSpan.FromMinutes(10));

        var requests = harness.Server.Requests.ToList();
        Assert.InRange(requests.Count(r => r.Is("update", ResourceTypes.Leases)), 50, 61);
        Assert.InRange(harness.Posts.Count(), 1, 3);
        foreach (var at in harness.Posts.Select(p => NodeHarness.At(p.Json.GetProperty("status").GetProperty("conditions")[0], "lastHeartbeatTime")))
        {
            Assert.InRange((at - last).TotalSeconds, 145, 465);
            last = at;
        }

        Assert.Equal(transition, NodeHarness.At(NodeHarness.Condition(harness.Node, "Ready"), "lastTransitionTime"));
        Assert.Equal(last, NodeHarness.At(NodeHarness.Condition(harness.Node, "Ready"), "lastHeartbeatTime"));
        Assert.Equal(requests.Count, requests.Count(r => r.Is("update", ResourceTypes.Leases) || r.Is("watch", ResourceTypes.Nodes) || r.Is("patch", ResourceTypes.Nodes, "status")));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N3")]
    public async Task A_node_that_was_given_up_says_that_it_is_there_again_and_leaves_the_taints_to_those_who_set_them()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        harness.Change(node =>
        {
            foreach (var condition in node["status"]!["conditions"]!.AsArray().Where(c => (string?)c!["type"] != "SlurmReachable"))
            {
                (condition!["status"], condition["reason"]) = ("Unknown", "NodeStatusUnknown");
            }

            node["spec"]!["taints"]!.AsArray().Add(new JsonObject { ["key"] = "node.kubernetes.io/unreachable", ["effect"] = "NoExecute" });
        });
        await harness.AdvanceUntilAsync(() => harness.IsReady);

        Assert.Equal(2, harness.Node.GetProperty("spec").GetProperty("taints").GetArrayLength());
        Assert.Equal("False", NodeHarness.Condition(harness.Node, "MemoryPressure")?.Text("status"));
        await harness.AdvanceUntilAsync(() => harness.Events.Count("NodeReady") == 2);
    }

    [Theory(Timeout = Deadline)]
    [Trait("Item", "N7")]
    [InlineData("20", true, null)]
    [InlineData("34", true, null)]
    [InlineData("35+", true, "ExtendWebSocketsToKubelet")]
    [InlineData("36", true, "ExtendWebSocketsToKubelet")]
    [InlineData("36", false, null)]
    public async Task WebSockets_are_declared_where_the_server_knows_what_that_means(string minor, bool acceptsWebSockets, string? declared)
    {
        await using var harness = await NodeHarness.CreateAsync();
        harness.Server.MinorVersion = minor;
        await harness.RunAsync(NodeHarness.Defaults with { AcceptsWebSockets = acceptsWebSockets });

        Assert.Equal(declared, (string?)harness.Node.ToNode()["status"]!["declaredFeatures"]?[0]);
    }

    [Fact(Timeout = Deadline)]
    public async Task What_the_server_does_not_store_is_not_told_again_every_round()
    {
        await using var harness = await NodeHarness.CreateAsync();
        harness.Server.MinorVersion = "35";
        await harness.RunAsync(NodeHarness.WithoutReports);
        for (var i = 0; i < 5; i++)
        {
            harness.Change(node => node["status"]!.AsObject().Remove("declaredFeatures"));
            await harness.PassAsync(TimeSpan.FromSeconds(11));
        }

        Assert.Single(harness.Posts);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_change_is_told_within_ten_seconds_and_with_one_request()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync(NodeHarness.WithoutReports);
        await harness.PassAsync(TimeSpan.FromSeconds(15));
        harness.Server.Requests.Clear();
        harness.Backend = NodeHarness.Offer(cpus: 32, memory: "131072Mi", gpus: 0);
        await harness.PassAsync(TimeSpan.FromSeconds(25));

        Assert.Equal(("32", "0"), (harness.Node.Text("status.capacity.cpu"), Amount(harness.Node, "nvidia.com/gpu")));
        Assert.Equal(["patch"], harness.Server.Requests.Where(r => r.Route?.Type == ResourceTypes.Nodes && r.Verb != "watch").Select(r => r.Verb));
        var patch = harness.Posts.Single().Json.GetProperty("status");
        Assert.False(patch.TryGetProperty("nodeInfo", out _) || patch.TryGetProperty("addresses", out _));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_amount_in_other_words_is_no_change()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync(NodeHarness.WithoutReports);
        harness.Change(node => node["status"]!["capacity"]!["memory"] = "262144Mi");
        await harness.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(harness.Posts);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_silent_Slurm_shows_as_a_condition_and_the_node_stays_ready_and_as_large_as_it_was()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        harness.Backend = NodeHarness.Offer(cpus: 0, memory: "0", gpus: 0, isReachable: false, version: null);
        await harness.AdvanceUntilAsync(() => harness.Events.Count("SlurmSilent") == 1);

        Assert.Equal("False", NodeHarness.Condition(harness.Node, "SlurmReachable")?.Text("status"));
        Assert.True(harness.IsReady);
        Assert.Equal(("64", "slurm://22.05.8"), (harness.Node.Text("status.capacity.cpu"), harness.Node.Text("status.nodeInfo.containerRuntimeVersion")));
        Assert.Contains(harness.Events.All, e => e is { Reason: "SlurmSilent", Severity: Controllers.Events.EventSeverity.Warning, Message: "connection refused" });
        harness.Backend = NodeHarness.Offer(cpus: 64, memory: "256Gi", gpus: 4);
        await harness.AdvanceUntilAsync(() => harness.Events.Count("SlurmAnswers") == 1);
        Assert.Equal("Ready", harness.Node.GetProperty("status").GetProperty("conditions").EnumerateArray().Last().Text("type"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_provider_that_fails_or_hangs_leaves_the_node_as_it_was()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        harness.OnAsk = _ => throw new ProviderException(ProviderErrorKind.Unavailable, "gone");
        await harness.PassAsync(TimeSpan.FromSeconds(20));
        harness.OnAsk = token => Task.Delay(Timeout.InfiniteTimeSpan, token);
        await harness.PassAsync(TimeSpan.FromMinutes(8));

        Assert.True(harness.IsReady);
        Assert.Equal("64", harness.Node.Text("status.capacity.cpu"));
        Assert.NotEmpty(harness.Posts);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_new_node_whose_Slurm_has_not_answered_yet_offers_nothing()
    {
        await using var harness = await NodeHarness.CreateAsync();
        harness.Backend = NodeHarness.Offer(cpus: 0, memory: "0", gpus: 0, isReachable: false, version: null);
        await harness.RunAsync();

        Assert.Equal(("0", "slurm://unknown"), (harness.Node.Text("status.allocatable.cpu"), harness.Node.Text("status.nodeInfo.containerRuntimeVersion")));
        harness.Backend = NodeHarness.Offer(cpus: 64, memory: "256Gi", gpus: 4);
        await harness.AdvanceUntilAsync(() => harness.Node.Text("status.allocatable.cpu") == "64");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_node_that_cannot_run_pods_yet_says_why_and_is_ready_as_soon_as_it_can()
    {
        await using var harness = await NodeHarness.CreateAsync();
        harness.NotReady = ["the pods have not been listed yet", "the sync loop has not turned for 70 s"];
        harness.Start();
        await harness.AdvanceUntilAsync(() => harness.Server.Store.Find(NodeHarness.Key) is not null);
        await harness.PassAsync(TimeSpan.FromSeconds(20));
        var ready = NodeHarness.Condition(harness.Node, "Ready");
        Assert.Equal(("False", "KubeletNotReady", "the pods have not been listed yet, the sync loop has not turned for 70 s"), (ready?.Text("status"), ready?.Text("reason"), ready?.Text("message")));
        Assert.Empty(harness.Posts);

        harness.NotReady = [];
        var began = harness.Time.GetUtcNow();
        await harness.AdvanceUntilAsync(() => harness.IsReady && harness.Events.Count("NodeReady") == 1);

        Assert.True(harness.Time.GetUtcNow() - began < TimeSpan.FromSeconds(2));
        Assert.Equal(["NodeNotReady", "NodeReady"], harness.Events.Reasons.Where(r => r.EndsWith("Ready", StringComparison.Ordinal)));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_node_that_is_there_is_taken_over_and_what_others_added_stays()
    {
        await using var harness = await NodeHarness.CreateAsync();
        harness.Server.Store.Put(ResourceTypes.Nodes, """
            {"metadata":{"name":"virtual-0","labels":{"zone":"a","team":"old"},"annotations":{"csi":"x"}},
             "spec":{"unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule"}]},
             "status":{"capacity":{"cpu":"1","amd.com/gpu":"8","hugepages-2Mi":"0"},"allocatable":{"cpu":"1","amd.com/gpu":"8"},
                       "addresses":[{"type":"ExternalIP","address":"1.2.3.4"}],
                       "conditions":[{"type":"NetworkUnavailable","status":"False","reason":"RouteCreated","lastHeartbeatTime":"2025-01-01T00:00:00Z","lastTransitionTime":"2025-01-01T00:00:00Z"},
                                     {"type":"Ready","status":"True","reason":"KubeletReady","lastHeartbeatTime":"2025-01-01T00:00:00Z","lastTransitionTime":"2025-01-01T00:00:00Z"}]}}
            """);
        await harness.RunAsync();
        await harness.AdvanceUntilAsync(() => harness.Posts.Any());
        harness.Change(node => node["status"]!["capacity"]!["example.com/dongle"] = "2");
        await harness.PassAsync(TimeSpan.FromMinutes(8));

        var node = harness.Node.ToNode();
        Assert.Empty(harness.Creations);
        Assert.Equal(("a", "hpc", "x"), ((string?)node["metadata"]!["labels"]!["zone"], (string?)node["metadata"]!["labels"]!["team"], (string?)node["metadata"]!["annotations"]!["csi"]));
        Assert.Equal((true, 2), ((bool?)node["spec"]!["unschedulable"], node["spec"]!["taints"]!.AsArray().Count));
        Assert.Equal(
            ["NetworkUnavailable RouteCreated 2025-01-01T00:00:00Z", "Ready KubeletReady 2025-01-01T00:00:00Z"],
            node["status"]!["conditions"]!.AsArray().Where(c => (string?)c!["type"] is "NetworkUnavailable" or "Ready").Select(c => $"{c!["type"]} {c["reason"]} {c["lastTransitionTime"]}"));
        Assert.Equal(["InternalIP", "Hostname"], node["status"]!["addresses"]!.AsArray().Select(a => (string?)a!["type"]));

        // An extended resource from before goes, as with a kubelet that is started anew; one that somebody adds later stays.
        Assert.Equal((null, "0", "2"), (Amount(harness.Node, "amd.com/gpu"), Amount(harness.Node, "hugepages-2Mi"), Amount(harness.Node, "example.com/dongle")));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_node_deleted_by_hand_is_registered_again_and_an_event_says_so()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        var before = harness.Node.Text("metadata.uid");
        await harness.AdvanceUntilAsync(() => Owner(harness) == before);
        harness.Server.Store.Delete(NodeHarness.Key);
        var began = harness.Time.GetUtcNow();
        await harness.AdvanceUntilAsync(() => harness.IsReady);

        Assert.True(harness.Time.GetUtcNow() - began < TimeSpan.FromSeconds(5));
        Assert.NotEqual(before, harness.Node.Text("metadata.uid"));
        Assert.Equal("64", harness.Node.Text("status.capacity.cpu"));
        await harness.AdvanceUntilAsync(() => harness.Events.Count("NodeRecreated") == 1);
        await harness.AdvanceUntilAsync(() => Owner(harness) == harness.Node.Text("metadata.uid"));
    }

    [Fact(Timeout = Deadline)]
    public async Task Labels_and_taints_that_somebody_removes_are_put_back()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        harness.Change(node =>
        {
            node["metadata"]!["labels"] = new JsonObject { ["mine"] = "kept" };
            node["spec"]!["taints"] = new JsonArray(new JsonObject { ["key"] = "other", ["effect"] = "NoExecute" });
        });
        await harness.AdvanceUntilAsync(() => harness.Node.GetProperty("spec").GetProperty("taints").GetArrayLength() == 2);

        var labels = harness.Node.ToNode()["metadata"]!["labels"]!;
        Assert.Equal(("kept", "hpc", "linux"), ((string?)labels["mine"], (string?)labels["team"], (string?)labels["kubernetes.io/os"]));
        Assert.Equal("other", (string?)harness.Node.ToNode()["spec"]!["taints"]![0]!["key"]);
    }

    [Theory(Timeout = Deadline)]
    [InlineData(403, "Forbidden")]
    [InlineData(422, "Invalid")]
    public async Task A_server_that_refuses_taints_is_asked_once_and_everything_else_goes_on(int code, string reason)
    {
        await using var harness = await NodeHarness.CreateAsync();
        harness.Server.Faults.Refuse(
            r => r.Is("patch", ResourceTypes.Nodes) && r.Body.Contains("taints", StringComparison.Ordinal),
            new StatusException(code, reason, "is not allowed to modify taints"),
            int.MaxValue);
        harness.Server.Store.Put(ResourceTypes.Nodes, """{"metadata":{"name":"virtual-0"},"spec":{}}""");
        await harness.RunAsync();
        await harness.PassAsync(TimeSpan.FromMinutes(1));
        harness.Backend = NodeHarness.Offer(cpus: 32, memory: "1Gi", gpus: 0);
        await harness.AdvanceUntilAsync(() => harness.Node.Text("status.capacity.cpu") == "32");

        Assert.Single(harness.Server.Requests, r => r.Is("patch", ResourceTypes.Nodes) && r.Body.Contains("taints", StringComparison.Ordinal));
        Assert.Equal(1, harness.Events.Count("NodeChangeRefused"));
        Assert.Equal("hpc", (string?)harness.Node.ToNode()["metadata"]!["labels"]!["team"]);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_node_of_a_real_kubelet_is_left_as_it_is()
    {
        await using var harness = await NodeHarness.CreateAsync();
        harness.Server.Store.Put(ResourceTypes.Nodes, Made("v1.31.2"));
        var before = harness.Node.GetRawText();
        harness.Start();
        var fault = await harness.FaultAsync<ForeignNodeException>();

        Assert.Contains("v1.31.2", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, harness.Node.GetRawText());
        Assert.Null(Owner(harness));
    }

    [Theory(Timeout = Deadline)]
    [InlineData("")]
    [InlineData("v1.20.0+vk-slurm.0.1.0")]
    public async Task A_node_that_was_made_in_advance_or_by_an_earlier_agent_is_taken_over(string version)
    {
        await using var harness = await NodeHarness.CreateAsync();
        harness.Server.Store.Put(ResourceTypes.Nodes, Made(version));
        await harness.RunAsync();

        Assert.Empty(harness.Creations);
        Assert.StartsWith("v1.31.2+vk-slurm.", harness.Node.Text("status.nodeInfo.kubeletVersion"), StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_cordon_and_its_end_are_told()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        harness.Change(node => node["spec"]!["unschedulable"] = true);
        await harness.AdvanceUntilAsync(() => harness.Events.Count("NodeNotSchedulable") == 1);
        harness.Change(node => node["spec"]!.AsObject().Remove("unschedulable"));
        await harness.AdvanceUntilAsync(() => harness.Events.Count("NodeSchedulable") == 1);

        Assert.Contains(harness.Events.All, e => e.Message == "Node virtual-0 status is now: NodeNotSchedulable");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_server_that_is_away_for_two_minutes_finds_the_node_as_it_was_and_hears_the_news()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        var uid = harness.Node.Text("metadata.uid");
        harness.Backend = NodeHarness.Offer(cpus: 8, memory: "1Gi", gpus: 0);
        await harness.OutageAsync(TimeSpan.FromMinutes(2));
        Assert.False(harness.Lease.IsHeld);
        await harness.AdvanceUntilAsync(() => harness.Node.Text("status.capacity.cpu") == "8");

        Assert.Equal(uid, harness.Node.Text("metadata.uid"));
        Assert.True(harness.Lease.IsHeld);
    }

    [Theory(Timeout = Deadline)]
    [InlineData(409, "Conflict")]
    [InlineData(500, "InternalError")]
    public async Task A_post_has_five_tries_and_after_the_first_looks_at_the_node_anew(int code, string reason)
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        harness.Server.Requests.Clear();
        harness.Server.Faults.Refuse(r => r.Is("patch", ResourceTypes.Nodes, "status"), new StatusException(code, reason, "no"), times: 4);
        harness.Backend = NodeHarness.Offer(cpus: 8, memory: "1Gi", gpus: 0);
        await harness.AdvanceUntilAsync(() => harness.Node.Text("status.capacity.cpu") == "8", step: 0.1);

        Assert.Equal(
            ["patch", "get", "patch", "get", "patch", "get", "patch", "get", "patch"],
            harness.Server.Requests.Where(r => r.Route?.Type == ResourceTypes.Nodes && r.Verb != "watch").Select(r => r.Verb));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_registration_that_fails_is_tried_again_with_growing_patience()
    {
        await using var harness = await NodeHarness.CreateAsync();
        harness.Server.Faults.Refuse(r => r.Is("create", ResourceTypes.Nodes), new StatusException(403, "Forbidden", "no"), times: 8);
        harness.Server.Faults.LoseAnswer(r => r.Is("create", ResourceTypes.Nodes));
        var began = harness.Time.GetUtcNow();
        await harness.RunAsync();

        Assert.InRange((harness.Time.GetUtcNow() - began).TotalSeconds, 9, 40);
        Assert.Equal(9, harness.Creations.Count());
    }

    [Theory(Timeout = Deadline)]
    [InlineData(-86400)]
    [InlineData(86400)]
    public async Task A_clock_that_is_set_neither_stops_nor_multiplies_the_posts(int seconds)
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        harness.Clock.Offset = TimeSpan.FromSeconds(seconds);
        await harness.PassAsync(TimeSpan.FromMinutes(10));

        Assert.InRange(harness.Posts.Count(), 1, 3);
        Assert.True(harness.Lease.IsHeld);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_agent_that_stops_leaves_the_node_as_it_is()
    {
        await using var harness = await NodeHarness.CreateAsync();
        await harness.RunAsync();
        var before = harness.Node.GetRawText();
        await harness.StopAsync();

        Assert.Equal(before, harness.Node.GetRawText());
    }

    private static string Made(string kubeletVersion)
    {
        var info = new JsonObject();
        foreach (var key in new[] { "machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion", "operatingSystem", "architecture" })
        {
            info[key] = "";
        }

        info["kubeletVersion"] = kubeletVersion;
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = NodeHarness.Name },
            ["spec"] = new JsonObject(),
            ["status"] = new JsonObject { ["nodeInfo"] = info },
        }.ToJsonString();
    }

    private static string? Amount(JsonElement node, string resource) =>
        node.GetProperty("status").GetProperty("capacity").TryGetProperty(resource, out var amount) ? amount.GetString() : null;

    private static string? Owner(NodeHarness harness) =>
        (string?)harness.Server.Store.Get(Leadership.LeaseHarness.Key).ToNode()["metadata"]!["ownerReferences"]?[0]!["uid"];
}
