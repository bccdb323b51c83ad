using System.Text;
using System.Text.Json.Nodes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.ApiPods;

/// <summary>Files of volumes from an API server: what a pod waits for, and what reaches it while it runs.</summary>
public sealed class VolumeTests
{
    private const int Deadline = 60_000;
    private const string Config = """ "configMap": { "name": "settings" } """;
    private const string Key = """ "configMap": { "name": "settings", "items": [{ "key": "k", "path": "file" }] } """;
    private const string NotFound = "Warning FailedMount a -: MountVolume.SetUp failed for volume \"config\" : configmap \"settings\" not found";

    public static TheoryData<string, string> Gaps => new()
    {
        { Config, "configmap \"settings\" not found" },
        { Key, "configmap \"settings\" not found" },
        { """ "secret": { "secretName": "keys" } """, "secret \"keys\" not found" },
        { """ "projected": { "sources": [{ "configMap": { "name": "settings" } }, { "secret": { "name": "keys" } }] } """, "[configmap \"settings\" not found, secret \"keys\" not found]" },
    };

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Gaps))]
    public async Task A_pod_waits_for_a_missing_volume_says_so_and_goes_on_when_it_appears(string source, string problem)
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = PutPod(harness, source);
        await harness.UntilAsync(() => harness.Events.Lines.Contains($"Warning FailedMount a -: MountVolume.SetUp failed for volume \"config\" : {problem}"));
        await harness.UntilAsync(() => Waiting(harness) == ("ContainerCreating", null));
        Assert.Equal("Pending", harness.Phase("a"));

        // Not by asking again and again; the event is repeated, at longer and longer intervals.
        var (requests, events) = (harness.Server.Requests.Count, harness.Events.Lines.Count);
        await harness.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromMilliseconds(500));
        Assert.InRange(harness.Server.Requests.Count - requests, 0, 3);
        Assert.InRange(harness.Events.Lines.Count - events, 2, 12);
        Assert.Empty(harness.Provider.Created);

        PutMap(harness, "v");
        PutSecret(harness);
        await harness.CreatedAsync(id);
        Assert.NotEmpty(Assert.Single(harness.Provider.Created.Single().Volumes).Files);
        Assert.All(harness.Events.Lines, l => Assert.StartsWith("Warning FailedMount ", l, StringComparison.Ordinal));
    }

    [Theory(Timeout = Deadline)]
    [InlineData(Key, "configmap references non-existent config key: k")]
    [InlineData(""" "secret": { "secretName": "keys", "items": [{ "key": "k", "path": "file" }] } """, "references non-existent secret key: k")]
    public async Task A_pod_waits_for_a_missing_key_of_a_volume(string source, string problem)
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "v", key: "other");
        PutSecret(harness, key: "other");
        harness.Start();
        var id = PutPod(harness, source);
        await harness.UntilAsync(() => harness.Events.Lines.Contains($"Warning FailedMount a -: MountVolume.SetUp failed for volume \"config\" : {problem}"));
        PutMap(harness, "v");
        PutSecret(harness);
        await harness.CreatedAsync(id);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_missing_volume_shows_before_a_missing_variable()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = PutPod(harness, Config, """ "envFrom": [{ "secretRef": { "name": "keys" } }], """);
        await harness.UntilAsync(() => harness.Events.Lines.Contains(NotFound) && Waiting(harness) == ("ContainerCreating", null));
        PutMap(harness, "v");
        await harness.UntilAsync(() => Waiting(harness) == ("CreateContainerConfigError", "secret \"keys\" not found"));
        PutSecret(harness);
        await harness.CreatedAsync(id);

        // What the environment was made of is not needed any more.
        await harness.UntilAsync(() => (harness.ConfigMaps.Count, harness.Secrets.Count) == (1, 0));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_right_that_is_missing_is_named_in_an_event()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "v");
        harness.Server.Faults.Refuse(r => r.Is("list", ResourceTypes.ConfigMaps), new StatusException(403, "Forbidden", "no relationship found between node and this object"), times: 4);
        harness.Start();
        var id = PutPod(harness, Config);
        await harness.UntilAsync(() => harness.Events.Lines.Any(l => l.StartsWith("Warning FailedMount a -: MountVolume.SetUp failed for volume \"config\" : configmap \"settings\" cannot be read: ", StringComparison.Ordinal)));
        Assert.Contains("no relationship found", harness.Events.Lines.First(), StringComparison.Ordinal);
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Provider.Created.Any(w => w.Id.Uid == id.Uid));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_change_reaches_a_running_pod_once_and_no_change_never()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "first");
        harness.Start();
        await RunAsync(harness, Config, """ "envFrom": [{ "configMapRef": { "name": "settings" } }], """);
        Assert.Equal(["config/k=first"], Files(harness.Provider.Created.Single()));

        PutMap(harness, "second");
        await harness.UntilAsync(() => harness.Provider.Updated.Count == 1);
        Assert.Equal(["config/k=second"], Files(harness.Provider.Updated.Single()));

        // Written again as it is, with another label, and looked at by several comparisons with the provider.
        PutMap(harness, "second", metadata: """ "labels": { "x": "y" } """);
        await harness.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1));
        Assert.Single(harness.Provider.Updated);
        Assert.Single(harness.Provider.Created);
        Assert.Equal(1, harness.ConfigMaps.Count);
        Assert.Equal(0, harness.Events.Count("FailedMount"));
    }

    [Fact(Timeout = Deadline)]
    public async Task Changes_that_come_thick_and_fast_reach_a_running_pod_once_in_five_seconds_and_the_last_one_always()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "0");
        harness.Start();
        await RunAsync(harness, Config);
        for (var i = 1; i <= 40; i++)
        {
            PutMap(harness, $"{i}");
            await harness.PassAsync(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500));
        }

        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Provider.Updated.LastOrDefault() is { } last && Files(last).SequenceEqual(["config/k=40"]));
        Assert.InRange(harness.Provider.Updated.Count, 2, 6);
    }

    [Fact(Timeout = Deadline)]
    public async Task The_watch_stays_open_from_the_creation_to_the_end_of_a_pod()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "v");
        PutSecret(harness);
        harness.Start();
        var id = await RunAsync(harness, Config, """ "envFrom": [{ "secretRef": { "name": "keys" } }, { "configMapRef": { "name": "settings" } }], """);
        await harness.UntilAsync(() => (harness.ConfigMaps.Count, harness.Secrets.Count) == (1, 0));
        Assert.Single(harness.Server.Requests, r => r.Is("list", ResourceTypes.ConfigMaps));

        harness.Provider.Report(id, harness.Ended(PodPhases.Succeeded, 0));
        await harness.UntilAsync(() => harness.Phase("a") == "Succeeded" && harness.ConfigMaps.Count == 0);
        PutMap(harness, "too late");
        await harness.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1));
        Assert.Empty(harness.Provider.Updated);
    }

    [Theory(Timeout = Deadline)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_watch_is_given_up_when_a_pod_is_deleted(bool runs)
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        if (runs)
        {
            PutMap(harness, "v");
            await RunAsync(harness, Config);
        }
        else
        {
            PutPod(harness, Config);
        }

        await harness.UntilAsync(() => harness.ConfigMaps.Count == 1);
        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.ConfigMaps.Count == 0);
        Assert.Empty(harness.Provider.Updated);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_running_pod_keeps_the_files_of_what_is_gone_and_goes_on_when_it_is_back()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "first");
        harness.Start();
        await RunAsync(harness, Key);
        harness.Api.Delete(new StoreKey(ResourceTypes.ConfigMaps, "default", "settings"));
        await harness.UntilAsync(() => harness.Events.Lines.Contains(NotFound));
        PutMap(harness, "v", key: "other");
        await harness.UntilAsync(() => harness.Events.Lines.Any(l => l.EndsWith("configmap references non-existent config key: k", StringComparison.Ordinal)));
        Assert.Empty(harness.Provider.Updated);
        Assert.Equal(("Running", 1), (harness.Phase("a"), harness.ConfigMaps.Count));

        PutMap(harness, "first");
        PutMap(harness, "second");
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Provider.Updated.LastOrDefault() is { } last && Files(last).SequenceEqual(["config/file=second"]));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_optional_volume_is_empty_until_its_object_appears_and_after_it_is_gone()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        await RunAsync(harness, """ "configMap": { "name": "settings", "optional": true } """);
        Assert.Empty(Assert.Single(harness.Provider.Created.Single().Volumes).Files);

        PutMap(harness, "v");
        await harness.UntilAsync(() => harness.Provider.Updated.Count == 1);
        Assert.Equal(["config/k=v"], Files(harness.Provider.Updated.Single()));
        harness.Api.Delete(new StoreKey(ResourceTypes.ConfigMaps, "default", "settings"));
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Provider.Updated.Count == 2);
        Assert.Empty(Assert.Single(harness.Provider.Updated.Last().Volumes).Files);
        Assert.Equal(0, harness.Events.Count("FailedMount"));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N15")]
    public async Task A_restarted_agent_brings_files_up_to_date_and_follows_them_again()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "first");
        harness.Start();
        await RunAsync(harness, Config);
        await harness.StopAsync();
        PutMap(harness, "second");
        harness.Start();
        await harness.UntilAsync(() => harness.Provider.Updated.Any(w => w.Volumes.Count > 0));
        Assert.Equal(["config/k=second"], Files(harness.Provider.Updated.Single(w => w.Volumes.Count > 0)));

        PutMap(harness, "third");
        await harness.UntilAsync(() => harness.Provider.Updated.Count(w => w.Volumes.Count > 0) == 2);
        Assert.Equal(["config/k=third"], Files(harness.Provider.Updated.Last()));
        Assert.Single(harness.Provider.Created);
    }

    [Fact(Timeout = Deadline)]
    public async Task Changed_labels_reach_the_files_that_tell_them_with_all_that_is_known()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "v");
        harness.Start();
        await RunAsync(harness, """
            "projected": { "sources": [{ "configMap": { "name": "settings" } }, { "downwardAPI": { "items": [{ "path": "labels", "fieldRef": { "fieldPath": "metadata.labels" } }] } }] }
            """);
        Assert.Equal(["config/k=v", "config/labels="], Files(harness.Provider.Created.Single()));
        Relabel(harness, "web");
        await harness.UntilAsync(() => harness.Provider.Updated.Count == 1);
        Assert.Equal(["config/k=v", "config/labels=tier=\"web\""], Files(harness.Provider.Updated.Single()));
    }

    [Fact(Timeout = Deadline)]
    public async Task Files_that_could_not_be_written_are_given_again()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "first");
        harness.Start();
        await RunAsync(harness, Config);
        var attempts = 0;
        harness.Provider.OnUpdate = (_, _) => Interlocked.Increment(ref attempts) < 3 ? throw new ProviderException(ProviderErrorKind.Unavailable, "disk full") : Task.CompletedTask;
        PutMap(harness, "second");
        await harness.UntilAsync(() => attempts >= 1);

        // What the provider holds after an attempt is not known, though the files are again those it was given at first.
        PutMap(harness, "first");
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Provider.Updated.Count == 1);
        Assert.Equal(["config/k=first"], Files(harness.Provider.Updated.Single()));
    }

    [Fact(Timeout = Deadline)]
    public async Task Files_that_are_refused_are_not_given_again()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "first");
        harness.Start();
        await RunAsync(harness, Config);
        var attempts = 0;
        harness.Provider.OnUpdate = (_, _) => Interlocked.Increment(ref attempts) > 0 ? throw new ProviderException(ProviderErrorKind.Invalid, "too many files") : Task.CompletedTask;
        PutMap(harness, "second");
        await harness.UntilAsync(() => attempts == 1);
        await harness.PassAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(1));
        Assert.Equal((1, "Running"), (attempts, harness.Phase("a")));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_that_an_unanswered_attempt_may_have_made_with_older_files_gets_the_newer_ones()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        PutMap(harness, "first");
        harness.Start();
        var attempts = 0;
        harness.Provider.OnCreate = (_, _) => Interlocked.Increment(ref attempts) == 1 ? throw new ProviderException(ProviderErrorKind.Unavailable, "no answer") : Task.CompletedTask;
        var id = PutPod(harness, Config);
        await harness.CreatedAsync(id);
        await harness.UntilAsync(() => harness.Provider.Updated.Count == 1);
        Assert.Equal(["config/k=first"], Files(harness.Provider.Updated.Single()));
    }

    [Fact(Timeout = Deadline)]
    public async Task Pods_without_such_volumes_cost_nothing()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        await RunAsync(harness, """ "emptyDir": {} """);
        await harness.PassAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(1));
        Assert.Empty(harness.Provider.Updated);
        Assert.DoesNotContain(harness.Server.Requests, r => r.Is("list", ResourceTypes.ConfigMaps) || r.Is("list", ResourceTypes.Secrets));
    }

    private static WorkloadId PutPod(ApiPodHarness harness, string source, string container = "") => harness.PutSpec("a", $$"""
        "containers": [{ "name": "main", "image": "busybox", "command": ["true"], {{container}} "volumeMounts": [{ "name": "config", "mountPath": "/etc/config" }] }],
        "volumes": [{ "name": "config", {{source}} }]
        """);

    private static async Task<WorkloadId> RunAsync(ApiPodHarness harness, string source, string container = "")
    {
        var id = PutPod(harness, source, container);
        await harness.CreatedAsync(id);
        harness.Provider.Report(id, harness.Running());
        await harness.UntilAsync(() => harness.Phase("a") == "Running");
        return id;
    }

    private static void Relabel(ApiPodHarness harness, string tier) =>
        harness.Change("a", pod => pod["metadata"]!["labels"] = new JsonObject { ["tier"] = tier });

    private static IEnumerable<string> Files(Workload workload) =>
        workload.Volumes.SelectMany(v => v.Files.Select(f => $"{v.Name}/{f.Path}={Encoding.UTF8.GetString(f.Content.Span)}"));

    private static (string? Reason, string? Message) Waiting(ApiPodHarness harness)
    {
        var waiting = harness.Container("a")["state"]?["waiting"];
        return ((string?)waiting?["reason"], (string?)waiting?["message"]);
    }

    private static void PutMap(ApiPodHarness harness, string value, string key = "k", string metadata = """ "labels": {} """) =>
        harness.Api.Put(ResourceTypes.ConfigMaps, $$$"""{"metadata":{"name":"settings",{{{metadata}}}},"data":{"{{{key}}}":"{{{value}}}"}}""");

    private static void PutSecret(ApiPodHarness harness, string key = "k") =>
        harness.Api.Put(ResourceTypes.Secrets, $$$"""{"metadata":{"name":"keys"},"data":{"{{{key}}}":"{{{Convert.ToBase64String("s3cr3t"u8)}}}"}}""");
}
