using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.Kubernetes.Authentication;
using VirtualKubelet.Kubernetes.Authorization;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Kubernetes.Coordination;
using VirtualKubelet.Kubernetes.Tests.Support;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Kubernetes.Tests.Client;

public sealed class OperationTests
{
    private const int Deadline = 60_000;
    private static readonly ObjectKey Web = new("default", "web");

    [Fact(Timeout = Deadline)]
    public async Task A_pod_is_read_with_everything_it_carries()
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));

        var pod = await harness.Client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);

        Assert.Equal("virtual-0", pod.Spec.NodeName);
        Assert.Contains("tolerations", pod.Spec.Other!.Keys);
        var missing = await Assert.ThrowsAsync<ApiException>(
            () => harness.Client.GetAsync(ApiResources.Pods, new ObjectKey("default", "none"), CancellationToken.None));
        Assert.Equal(ApiErrorKind.NotFound, missing.Kind);
        Assert.Equal("NotFound", missing.Status!.Reason);
        Assert.Contains("GET /api/v1/namespaces/default/pods/none", missing.Message, StringComparison.Ordinal);
        Assert.Matches("^vk-slurm/[0-9.]+$", harness.Server.Requests.First().Headers.UserAgent.ToString());
    }

    [Theory(Timeout = Deadline)]
    [InlineData("35", true)]
    [InlineData("36+", true)]
    [InlineData("34", false)]
    [InlineData("", false)]
    public async Task The_version_of_a_server_is_read_whatever_its_vendor_appends(string minor, bool isNew)
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.MinorVersion = minor;

        var version = await harness.Client.GetServerVersionAsync(CancellationToken.None);

        Assert.Equal(isNew, version.IsAtLeast(35));
        Assert.StartsWith("v1.", version.GitVersion, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_name_cannot_lead_to_another_object()
    {
        await using var harness = await ClientHarness.StartAsync();
        foreach (var name in (string[])["", ".", ".."])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => harness.Client.GetAsync(ApiResources.Pods, new ObjectKey("default", name), CancellationToken.None));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => harness.Client.GetAsync(ApiResources.Pods, new ObjectKey("", "web"), CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => harness.Client.GetAsync(ApiResources.Nodes, new ObjectKey("default", "n"), CancellationToken.None));
        await Assert.ThrowsAsync<ApiException>(() => harness.Client.GetAsync(ApiResources.Pods, new ObjectKey("default", "../../x?y#z"), CancellationToken.None));
        Assert.Equal("../../x?y#z", Assert.Single(harness.Server.Requests).Route!.Name);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_list_is_read_in_chunks_of_one_version()
    {
        await using var harness = await ClientHarness.StartAsync(ClientHarness.Options with { PageSize = 2 });
        for (var i = 0; i < 5; i++)
        {
            harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod($"web-{i}"));
        }

        harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("elsewhere", node: "other"));
        var version = harness.Server.Store.Version;

        // Between two chunks the list of the server changes.
        harness.Server.Faults.Before(r => r.Query["continue"].Count > 0, () => harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("later")));
        var list = await harness.Client.ListAllAsync(ApiResources.Pods, null, new ListOptions { FieldSelector = "spec.nodeName=virtual-0" }, CancellationToken.None);

        Assert.Equal(["web-0", "web-1", "web-2", "web-3", "web-4"], list.Items.Select(p => p.Metadata.Name));
        Assert.Equal(version, long.Parse(list.Metadata.ResourceVersion!, null));
        Assert.Equal(3, harness.Server.Requests.Count);
        Assert.All(list.Items, p => Assert.Equal("Pod", p.Kind));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_list_forgotten_half_way_is_read_anew_in_one_piece()
    {
        await using var harness = await ClientHarness.StartAsync(ClientHarness.Options with { PageSize = 2 });
        for (var i = 0; i < 5; i++)
        {
            harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod($"web-{i}"));
        }

        harness.Server.Faults.Before(r => r.Query["continue"].Count > 0, () =>
        {
            harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("web-5"));
            harness.Server.Store.Compact();
        });
        var list = await harness.Client.ListAllAsync(ApiResources.Pods, "default", new ListOptions(), CancellationToken.None);

        Assert.Equal(6, list.Items.Count);
        Assert.Equal(harness.Server.Store.Version, long.Parse(list.Metadata.ResourceVersion!, null));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_object_is_created_once_and_replaced_only_by_who_saw_it_last()
    {
        await using var harness = await ClientHarness.StartAsync();
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        var lease = new Lease
        {
            Metadata = new ObjectMeta { Namespace = "kube-node-lease", Name = "virtual-0" },
            Spec = new LeaseSpec { HolderIdentity = "virtual-0", LeaseDurationSeconds = 40, RenewTime = at },
        };

        var stored = await harness.Client.CreateAsync(ApiResources.Leases, lease, CancellationToken.None);
        var renewed = await harness.Client.UpdateAsync(ApiResources.Leases, stored with { Spec = stored.Spec with { RenewTime = at.AddSeconds(10) } }, CancellationToken.None);

        Assert.Equal(ApiErrorKind.AlreadyExists, await FailAsync(harness.Client.CreateAsync(ApiResources.Leases, lease, CancellationToken.None)));
        Assert.Equal(ApiErrorKind.Conflict, await FailAsync(harness.Client.UpdateAsync(ApiResources.Leases, stored, CancellationToken.None)));
        Assert.NotEqual(stored.Metadata.ResourceVersion, renewed.Metadata.ResourceVersion);
        Assert.Equal(at.AddSeconds(10), renewed.Spec.RenewTime);

        // The API refuses a MicroTime without its six digits.
        Assert.Contains("\"renewTime\":\"2026-01-02T03:04:05.678000Z\"", harness.Server.Requests.First().Body, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N18")]
    public async Task A_status_patch_keeps_the_conditions_of_others_and_touches_nothing_else()
    {
        await using var harness = await ClientHarness.StartAsync();
        var before = harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));
        var patch = Patch.StrategicMerge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = before.Text("metadata.uid") },
            ["spec"] = new JsonObject { ["nodeName"] = "elsewhere" },
            ["status"] = new JsonObject { ["phase"] = "Running", ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }) },
        });

        var pod = await harness.Client.PatchAsync(ApiResources.Pods, Web, patch, CancellationToken.None, "status");

        Assert.Equal("Running", pod.Status!.Phase);
        Assert.Equal(["PodScheduled", "Ready"], pod.Status.Conditions!.Select(c => c.Type));
        Assert.Equal("virtual-0", pod.Spec.NodeName);
        Assert.Equal("application/strategic-merge-patch+json", harness.Server.Requests.Single().Headers.ContentType);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N16")]
    public async Task A_change_meant_for_an_earlier_namesake_is_refused()
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));
        var patch = Patch.Merge(new JsonObject { ["metadata"] = new JsonObject { ["uid"] = "another" } });

        var error = await Assert.ThrowsAsync<ApiException>(() => harness.Client.PatchAsync(ApiResources.Pods, Web, patch, CancellationToken.None, "status"));
        Assert.True(error.IsPatchOfAnotherObject);
        var pod = await harness.Client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);
        var earlier = pod with { Metadata = pod.Metadata with { Uid = "another" } };
        Assert.Equal(ApiErrorKind.Conflict, await FailAsync(harness.Client.UpdateAsync(ApiResources.Pods, earlier, CancellationToken.None)));
    }

    [Fact(Timeout = Deadline)]
    public async Task Merge_and_JSON_patches_do_what_their_standards_say()
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.Store.Put(ResourceTypes.Nodes, """{"metadata":{"name":"n","labels":{"a":"1","b":"2"}},"spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}}""");
        var key = ObjectKey.Cluster("n");

        await harness.Client.PatchAsync(ApiResources.Nodes, key, Patch.Merge(JsonNode.Parse("""{"metadata":{"labels":{"a":null,"c":"3"}}}""")!.AsObject()), CancellationToken.None);
        var node = await harness.Client.PatchAsync(
            ApiResources.Nodes,
            key,
            Patch.Json(JsonNode.Parse("""[{"op":"test","path":"/spec/taints/0/key","value":"k"},{"op":"remove","path":"/spec/taints/0"}]""")!.AsArray()),
            CancellationToken.None);

        Assert.Equal(["b", "c"], node.Metadata.Labels!.Keys.Order());
        Assert.Empty(node.Spec.Taints!);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N12")]
    public async Task The_last_word_on_a_pod_does_not_hit_a_namesake()
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));

        await harness.Client.DeleteAsync(ApiResources.Pods, Web, new DeleteOptions { GracePeriodSeconds = 10, PropagationPolicy = "Background" }, CancellationToken.None);
        var pod = await harness.Client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);
        Assert.Equal(10, pod.Metadata.DeletionGracePeriodSeconds);
        Assert.NotNull(pod.Metadata.DeletionTimestamp);

        Assert.Equal(ApiErrorKind.Conflict, await FailAsync(harness.Client.DeleteAsync(ApiResources.Pods, Web, DeleteOptions.AtOnce("another"), CancellationToken.None)));
        var stale = new DeleteOptions { Preconditions = new Preconditions { ResourceVersion = "1" } };
        Assert.Equal(ApiErrorKind.Conflict, await FailAsync(harness.Client.DeleteAsync(ApiResources.Pods, Web, stale, CancellationToken.None)));
        await harness.Client.DeleteAsync(ApiResources.Pods, Web, DeleteOptions.AtOnce(pod.Metadata.Uid!), CancellationToken.None);
        Assert.Equal(ApiErrorKind.NotFound, await FailAsync(harness.Client.GetAsync(ApiResources.Pods, Web, CancellationToken.None)));
    }

    [Fact(Timeout = Deadline)]
    public async Task Questions_are_answered_and_tokens_given()
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.Tokens["known"] = "alice";
        harness.Server.AllowAccess = spec => spec.Text("resourceAttributes.subresource") == "log";

        var alice = await harness.Client.CreateAsync(ApiResources.TokenReviews, new TokenReview { Spec = new() { Token = "known" } }, CancellationToken.None);
        var nobody = await harness.Client.CreateAsync(ApiResources.TokenReviews, new TokenReview { Spec = new() { Token = "x" } }, CancellationToken.None);
        var review = new SubjectAccessReview { Spec = new() { User = "alice", ResourceAttributes = new() { Resource = "nodes", Subresource = "log", Verb = "get" } } };
        var allowed = await harness.Client.CreateAsync(ApiResources.SubjectAccessReviews, review, CancellationToken.None);
        var token = await harness.Client.RequestTokenAsync(
            new ObjectKey("default", "robot"), new TokenRequest { Spec = new() { Audiences = ["x"], BoundObjectRef = new() { Kind = "Pod", Name = "web" } } }, CancellationToken.None);

        Assert.Equal("alice", alice.Status!.User!.Username);
        Assert.False(nobody.Status!.Authenticated);
        Assert.True(allowed.Status!.Allowed);
        Assert.NotEmpty(token.Status!.Token!);
        Assert.DoesNotContain(token.Status.Token!, token.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task Nodes_events_secrets_and_certificate_requests_survive_a_round_trip()
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.Store.Put(ResourceTypes.Nodes, """
            {"metadata":{"name":"n"},"spec":{"podCIDR":"10.0.0.0/24"},"status":{"daemonEndpoints":{"kubeletEndpoint":{"Port":10250}},
             "nodeInfo":{"machineID":"m","systemUUID":"s","bootID":"b","kernelVersion":"k","osImage":"o","containerRuntimeVersion":"c","kubeletVersion":"v","kubeProxyVersion":"","operatingSystem":"linux","architecture":"amd64"}}}
            """);
        harness.Server.Store.Put(ResourceTypes.Secrets, """{"metadata":{"name":"s"},"type":"Opaque","data":{"k":"AAEC"}}""");

        var node = await harness.Client.GetAsync(ApiResources.Nodes, ObjectKey.Cluster("n"), CancellationToken.None);
        var back = JsonSerializer.SerializeToElement(node, KubernetesJson.Api.Node);
        Assert.Equal("10250", back.Text("status.daemonEndpoints.kubeletEndpoint.Port"));
        Assert.Equal("10.0.0.0/24", back.Text("spec.podCIDR"));
        Assert.Equal("m", back.Text("status.nodeInfo.machineID"));
        var secret = await harness.Client.GetAsync(ApiResources.Secrets, new ObjectKey("default", "s"), CancellationToken.None);
        Assert.Equal([0, 1, 2], secret.Data!["k"]);
        var @event = await harness.Client.CreateAsync(
            ApiResources.Events,
            new Event { Metadata = new() { GenerateName = "web.", Namespace = "default" }, InvolvedObject = new() { Kind = "Pod", Name = "web" }, Reason = "Started", Count = 1 },
            CancellationToken.None);
        Assert.StartsWith("web.", @event.Metadata.Name, StringComparison.Ordinal);
        var csr = await harness.Client.CreateAsync(
            ApiResources.CertificateSigningRequests,
            new() { Metadata = new() { GenerateName = "csr-" }, Spec = new() { Request = "pem"u8.ToArray(), SignerName = "kubernetes.io/kubelet-serving", Usages = ["server auth"] } },
            CancellationToken.None);
        Assert.Equal("pem"u8.ToArray(), csr.Spec.Request);
    }

    private static async Task<ApiErrorKind> FailAsync(Task task) => (await Assert.ThrowsAsync<ApiException>(() => task)).Kind;
}
