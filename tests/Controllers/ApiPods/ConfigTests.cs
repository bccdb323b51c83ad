using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.ApiPods;

/// <summary>Environments made of ConfigMaps and Secrets.</summary>
public sealed class ConfigTests
{
    private const int Deadline = 60_000;
    private const string Hidden = "s3cr3t-value";

    [Fact(Timeout = Deadline)]
    public async Task Variables_come_from_keys_and_from_whole_objects_and_may_refer_to_each_other()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "settings", """ "LEVEL": "debug", "not a name": "x", "1st": "y" """);
        PutSecret(harness, "password", Hidden);
        harness.Start();
        var id = PutPod(harness, """
            "envFrom": [{ "prefix": "APP_", "configMapRef": { "name": "settings" } }, { "secretRef": { "name": "none", "optional": true } }],
            "env": [
              { "name": "PASSWORD", "valueFrom": { "secretKeyRef": { "name": "keys", "key": "password" } } },
              { "name": "BOTH", "value": "$(APP_LEVEL) $(PASSWORD)" },
              { "name": "LEFT_OUT", "valueFrom": { "configMapKeyRef": { "name": "settings", "key": "none", "optional": true } } }
            ]
            """);
        await harness.CreatedAsync(id);

        var variables = harness.Provider.Created.Single().Pod.Spec.Containers![0].Env!.ToDictionary(e => e.Name!, e => e.Value);
        Assert.Equal(
            [("APP_1st", "y"), ("APP_LEVEL", "debug"), ("BOTH", $"debug {Hidden}"), ("PASSWORD", Hidden)],
            variables.Select(v => (v.Key, v.Value!)).OrderBy(v => v.Key, StringComparer.Ordinal));
        Assert.Contains(
            "Warning InvalidEnvironmentVariableNames a spec.containers{main}: Keys [APP_not a name] from the EnvFrom configMap default/settings were skipped since they are considered invalid environment variable names.",
            harness.Events.Lines);
        Assert.All(harness.Events.Lines, l => Assert.DoesNotContain(Hidden, l, StringComparison.Ordinal));
        Assert.All(harness.Server.Requests, r => Assert.DoesNotContain(Hidden, r.Body, StringComparison.Ordinal));

        // Claims end when the provider has the pod.
        await harness.UntilAsync(() => harness.ConfigMaps.Count + harness.Secrets.Count == 0);
    }

    public static TheoryData<string, string> Gaps => new()
    {
        { """ "env": [{ "name": "A", "valueFrom": { "configMapKeyRef": { "name": "settings", "key": "k" } } }] """, "configmap \"settings\" not found" },
        { """ "env": [{ "name": "A", "valueFrom": { "secretKeyRef": { "name": "keys", "key": "password" } } }] """, "secret \"keys\" not found" },
        { """ "envFrom": [{ "configMapRef": { "name": "settings" } }] """, "configmap \"settings\" not found" },
        { """ "envFrom": [{ "secretRef": { "name": "keys" } }] """, "secret \"keys\" not found" },
    };

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Gaps))]
    public async Task A_pod_waits_for_a_missing_object_says_so_and_goes_on_when_it_appears(string container, string message)
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = PutPod(harness, container);
        await harness.UntilAsync(() => Waiting(harness) == ("CreateContainerConfigError", message));
        Assert.Equal("Pending", harness.Phase("a"));
        await harness.UntilAsync(() => harness.Events.Lines.Contains($"Warning Failed a spec.containers{{main}}: Error: {message}"));

        // Not by asking again and again.
        var requests = harness.Server.Requests.Count;
        await harness.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromMilliseconds(500));
        Assert.InRange(harness.Server.Requests.Count - requests, 0, 2);
        Assert.Empty(harness.Provider.Created);

        PutMap(harness, "settings", """ "k": "v" """);
        PutSecret(harness, "password", Hidden);
        await harness.CreatedAsync(id);
        await harness.UntilAsync(() => Waiting(harness).Reason == "ContainerCreating");
        Assert.Equal(1, harness.Events.Count("Failed"));
        await harness.UntilAsync(() => harness.ConfigMaps.Count + harness.Secrets.Count == 0);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_waits_for_a_missing_key_in_a_kubelets_words()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "settings", """ "other": "v" """);
        harness.Start();
        var id = PutPod(harness, """ "env": [{ "name": "A", "valueFrom": { "configMapKeyRef": { "name": "settings", "key": "k" } } }] """);
        await harness.UntilAsync(() => Waiting(harness) == ("CreateContainerConfigError", "couldn't find key k in ConfigMap default/settings"));
        PutMap(harness, "settings", """ "k": "v" """);
        await harness.CreatedAsync(id);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_right_that_comes_late_delays_the_pod_and_is_named_if_it_does_not_come()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "settings", """ "k": "v" """);
        harness.Server.Faults.Refuse(r => r.Is("list", ResourceTypes.ConfigMaps), new StatusException(403, "Forbidden", "no relationship found between node and this object"), times: 4);
        harness.Start();
        var id = PutPod(harness, """ "envFrom": [{ "configMapRef": { "name": "settings" } }] """);
        await harness.UntilAsync(() => Waiting(harness).Message?.Contains("no relationship found", StringComparison.Ordinal) == true);
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Provider.Created.Any(w => w.Id.Uid == id.Uid));
    }

    [Theory(Timeout = Deadline)]
    [InlineData("""{ "configMapRef": { "name": "settings" } }""")]
    [InlineData("""{ "secretRef": { "name": "keys" } }""")]
    [InlineData("""{ "secretRef": { "name": "keys", "optional": true } }""")]
    public async Task A_right_that_never_comes_is_named_in_the_status_and_in_an_event(string source)
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        var forbidden = new StatusException(403, "Forbidden", "no relationship found between node and this object");
        harness.Server.Faults.Refuse(r => r.Is("list", ResourceTypes.ConfigMaps) || r.Is("list", ResourceTypes.Secrets), forbidden, times: int.MaxValue);
        harness.Start();
        PutPod(harness, $""" "envFrom": [{source}] """);
        await harness.UntilAsync(() => Waiting(harness) is ("CreateContainerConfigError", { } message) && message.Contains("no relationship found", StringComparison.Ordinal));
        await harness.UntilAsync(() => harness.Events.Lines.Any(l => l.StartsWith("Warning Failed a spec.containers{main}: Error: ", StringComparison.Ordinal) && l.Contains("no relationship found", StringComparison.Ordinal)));
        Assert.Empty(harness.Provider.Created);
    }

    [Fact(Timeout = Deadline)]
    public async Task Watches_end_with_a_pod_that_still_waits()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        PutPod(harness, """ "envFrom": [{ "configMapRef": { "name": "settings" } }, { "secretRef": { "name": "keys" } }] """);
        await harness.UntilAsync(() => harness.ConfigMaps.Count == 1 && harness.Secrets.Count == 1 && Waiting(harness).Reason == "CreateContainerConfigError");
        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.Find("a") is null && harness.ConfigMaps.Count + harness.Secrets.Count == 0);
        Assert.Empty(harness.Provider.Created);
    }

    [Fact(Timeout = Deadline)]
    public async Task Changed_labels_reach_the_provider_though_the_objects_are_gone()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "settings", """ "k": "v" """);
        harness.Start();
        var id = PutPod(harness, """ "envFrom": [{ "configMapRef": { "name": "settings" } }] """);
        await harness.CreatedAsync(id);
        harness.Api.Delete(new StoreKey(ResourceTypes.ConfigMaps, "default", "settings"));
        harness.Calls();
        harness.Change("a", pod => pod["metadata"]!["labels"] = new System.Text.Json.Nodes.JsonObject { ["tier"] = "web" });
        await harness.UntilAsync(() => harness.Calls().Contains($"update default/a {id.Uid}"));
        Assert.Equal(PodPhases.Pending, harness.Phase("a"));
    }

    private static WorkloadId PutPod(ApiPodHarness harness, string container) =>
        harness.PutSpec("a", $$""" "containers": [{ "name": "main", "image": "busybox", "command": ["true"], {{container}} }] """);

    private static (string? Reason, string? Message) Waiting(ApiPodHarness harness)
    {
        var waiting = harness.Container("a")["state"]?["waiting"];
        return ((string?)waiting?["reason"], (string?)waiting?["message"]);
    }

    private static void PutMap(ApiPodHarness harness, string name, string data) =>
        harness.Api.Put(ResourceTypes.ConfigMaps, $$$"""{"metadata":{"name":"{{{name}}}"},"data":{ {{{data}}} }}""");

    private static void PutSecret(ApiPodHarness harness, string key, string value) =>
        harness.Api.Put(ResourceTypes.Secrets, $$$"""{"metadata":{"name":"keys"},"data":{"{{{key}}}":"{{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value))}}}"}}""");
}
