using System.Text.Json.Nodes;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.ApiPods;

/// <summary>Pods from their binding to their end, as an API server sees them.</summary>
public sealed class LifeTests
{
    private const int Deadline = 60_000;

    [Fact(Timeout = Deadline)]
    public async Task A_bound_pod_is_created_runs_and_ends_with_a_handful_of_requests()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Provider.Report(id, harness.Ended(PodPhases.Succeeded, 0));
        await harness.UntilAsync(() => harness.Phase("a") == "Succeeded");

        var pod = harness.Find("a")!.Value;
        Assert.Equal(("10.0.0.1", "BestEffort", "Completed"), (pod.Text("status.hostIP"), pod.Text("status.qosClass"), (string?)harness.Container("a")["state"]!["terminated"]!["reason"]));
        Assert.Single(harness.Provider.Created);
        Assert.InRange(harness.Patches.Count, 2, 4);
        Assert.Empty(harness.Deletions);
        await harness.UntilAsync(() => harness.Events.Count("Started") == 1);
        Assert.Equal(["Normal SlurmJobSubmitted", "Normal Created", "Normal Started"], harness.Events.Lines.Select(l => string.Join(' ', l.Split(' ')[..2])));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N8")]
    public async Task A_pod_with_init_containers_waits_as_a_kubelets_does()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        harness.Put("a", """ "initContainers": [{ "name": "first", "image": "busybox", "command": ["true"] }], """);
        await harness.UntilAsync(() => harness.Find("a")?.Text("status.startTime") is not null);

        Assert.Equal("Pending", harness.Phase("a"));
        Assert.Equal("PodInitializing", (string?)harness.Container("a")["state"]!["waiting"]!["reason"]);
        Assert.Equal("ContainersNotInitialized", (string?)harness.Condition("a", "Initialized")!["reason"]);
        Assert.Equal("containers with incomplete status: [first]", (string?)harness.Condition("a", "Initialized")!["message"]);
    }

    [Theory(Timeout = Deadline)]
    [Trait("Item", "N9")]
    [InlineData("Succeeded", 0, "PodCompleted")]
    [InlineData("Failed", 1, "PodFailed")]
    public async Task A_pod_that_ended_is_not_ready_for_that_reason(string phase, int exitCode, string reason)
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a", """ "restartPolicy": "Never", """);
        harness.Provider.Report(id, harness.Ended(phase, exitCode));
        await harness.UntilAsync(() => harness.Phase("a") == phase);

        Assert.Equal(("False", reason), ((string?)harness.Condition("a", "Ready")!["status"], (string?)harness.Condition("a", "Ready")!["reason"]));
        Assert.Equal(reason, (string?)harness.Condition("a", "ContainersReady")!["reason"]);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N9")]
    public async Task A_container_in_back_off_leaves_its_pod_running_and_is_told_of()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a", """ "restartPolicy": "Always", """);
        harness.Provider.Report(id, CrashLoop(harness));
        await harness.UntilAsync(() => (string?)harness.Container("a")["state"]?["waiting"]?["reason"] == "CrashLoopBackOff");

        Assert.Equal("Running", harness.Phase("a"));
        Assert.Equal(1, (int?)harness.Container("a")["lastState"]!["terminated"]!["exitCode"]);
        await harness.UntilAsync(() => harness.Events.Count("BackOff") == 1);
        Assert.Contains($"Warning BackOff a spec.containers{{main}}: Back-off restarting failed container main in pod a_default({id.Uid})", harness.Events.Lines);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N12")]
    public async Task A_deleted_pod_is_ended_with_its_grace_told_and_then_deleted_by_its_uid()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Calls();
        await harness.DeleteAsync("a");
        Assert.Equal($"delete default/a {id.Uid} 30", await harness.NextCallAsync());
        await harness.UntilAsync(() => harness.Events.Count("Killing") == 1);
        await harness.PassAsync(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100));
        Assert.Equal("Running", harness.Phase("a"));
        Assert.NotNull(harness.Store.Find("default", "a")!.Metadata.DeletionTimestamp);

        var before = harness.Server.Requests.Count;
        harness.Provider.ReportGone(id, harness.Ended(PodPhases.Failed, 137));
        await harness.UntilAsync(() => harness.Find("a") is null);

        var writes = harness.Server.Requests.Skip(before).Where(r => r.Verb is "patch" or "delete").ToList();
        Assert.Equal(["patch", "delete"], writes.Select(r => r.Verb));
        Assert.Equal(("Failed", id.Uid), (writes[0].Json.Text("status.phase"), writes[0].Json.Text("metadata.uid")));
        Assert.Equal(("0", id.Uid), (writes[1].Json.Text("gracePeriodSeconds"), writes[1].Json.Text("preconditions.uid")));
        await harness.UntilAsync(() => harness.Store.Find("default", "a") is null);
        Assert.Empty(harness.Calls());
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N12")]
    public async Task A_grace_that_is_shortened_is_passed_on_and_zero_leaves_a_second()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Calls();
        await harness.DeleteAsync("a", 25);
        Assert.Equal($"delete default/a {id.Uid} 25", await harness.NextCallAsync());
        await harness.DeleteAsync("a", 5);
        Assert.Equal($"delete default/a {id.Uid} 5", await harness.NextCallAsync());
        harness.Change("a", pod => pod["metadata"]!["deletionGracePeriodSeconds"] = 0);
        Assert.Equal($"delete default/a {id.Uid} 1", await harness.NextCallAsync());
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N13")]
    public async Task A_deleted_pod_that_would_always_restart_has_succeeded_when_its_containers_end_well()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a", """ "restartPolicy": "Always", """);
        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.Calls().Any(c => c.StartsWith("delete", StringComparison.Ordinal)));
        harness.Provider.ReportGone(id, harness.Ended(PodPhases.Running, 0));
        await harness.UntilAsync(() => harness.Find("a") is null);

        Assert.Equal("Succeeded", harness.Patches[^1].Json.Text("status.phase"));
        Assert.Single(harness.Deletions);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N13")]
    public async Task A_pod_deleted_between_two_runs_ends_as_its_last_run_did()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a", """ "restartPolicy": "Always", """);
        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.Calls().Any(c => c.StartsWith("delete", StringComparison.Ordinal)));
        harness.Provider.ReportGone(id, CrashLoop(harness));
        await harness.UntilAsync(() => harness.Find("a") is null);

        var last = harness.Patches[^1].Json.ToNode()["status"]!;
        Assert.Equal(("Failed", 1), ((string?)last["phase"], (int?)last["containerStatuses"]![0]!["state"]!["terminated"]!["exitCode"]));
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N14")]
    public async Task What_runs_of_a_pod_that_was_deleted_by_force_is_ended_at_once()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Calls();
        harness.Change("a", pod =>
        {
            pod["metadata"]!["deletionTimestamp"] = "2026-01-02T03:04:05Z";
            pod["metadata"]!["deletionGracePeriodSeconds"] = 0;
        });
        harness.Api.Delete(ApiPodHarness.Key("a"));
        await harness.UntilAsync(() => harness.Calls().Contains($"delete default/a {id.Uid} 1"));

        var patches = harness.Patches.Count;
        harness.Provider.ReportGone(id);
        await harness.UntilAsync(() => harness.Store.Find("default", "a") is null);
        Assert.Equal(patches, harness.Patches.Count);
        Assert.Empty(harness.Deletions);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N14")]
    public async Task What_vanished_while_nobody_looked_is_ended_when_two_lists_agree()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var (gone, kept) = (await harness.RunAsync("gone"), await harness.RunAsync("kept"));
        harness.Calls();

        // One list that is wrong about both, and the history is forgotten so that it has to be asked for.
        harness.Server.Faults.Answer(r => r.Is("list", ResourceTypes.Pods), 200, $$"""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"{{harness.Api.Version + 1}}"},"items":[]}""");
        var watch = harness.Server.Watches.Open.Single();
        watch.Stall();
        harness.Api.Delete(ApiPodHarness.Key("gone"));
        harness.Api.Tick();
        harness.Api.Compact();
        watch.Drop();

        await harness.UntilAsync(() => harness.Calls().Contains($"delete default/gone {gone.Uid} 30"));
        await harness.PassAsync(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(200));
        Assert.DoesNotContain(harness.Calls(), c => c.StartsWith("delete", StringComparison.Ordinal));
        Assert.Equal("Running", harness.Phase("kept"));
        Assert.Equal(kept.Uid, harness.Store.Find("default", "kept")!.Metadata.Uid);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N14")]
    public async Task An_orphan_of_an_earlier_process_is_ended_only_when_two_complete_lists_lack_its_pod()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        var kept = harness.Put("kept");
        var orphan = new WorkloadId("default", "orphan", "o-1");
        harness.Provider.Know(kept);
        harness.Provider.Know(orphan);
        harness.Server.Faults.Answer(r => r.Is("list", ResourceTypes.Pods), 200, """{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}""");
        harness.Start();

        await harness.UntilAsync(() => harness.Calls().Contains("delete default/orphan o-1 30"));
        await harness.UntilAsync(() => harness.Phase("kept") == "Running");
        Assert.DoesNotContain(harness.Calls(), c => c.StartsWith("delete default/kept", StringComparison.Ordinal));
        Assert.Empty(harness.Provider.Created);
        Assert.True(harness.Server.Requests.Count(r => r.Is("list", ResourceTypes.Pods)) >= 2);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N15")]
    public async Task After_a_restart_a_running_pod_is_the_same_and_nothing_is_told_again()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        await harness.RunAsync("a");
        await harness.PassAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(50));
        var (before, patches, events) = (harness.Find("a")!.Value.GetRawText(), harness.Patches.Count, harness.Events.Lines.Count);

        await harness.RestartAsync();
        await harness.UntilAsync(() => harness.Store.Find("default", "a")?.Status?.Phase == PodPhases.Running);
        await harness.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromMilliseconds(500));

        Assert.Equal(before, harness.Find("a")!.Value.GetRawText());
        Assert.Equal((patches, events), (harness.Patches.Count, harness.Events.Lines.Count));
        Assert.Single(harness.Provider.Created);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N15")]
    public async Task A_slow_provider_after_a_restart_makes_no_pod_look_as_if_it_waited()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        await harness.RunAsync("a");
        await harness.StopAsync();
        var patches = harness.Patches.Count;
        var mayList = new TaskCompletionSource();
        harness.Provider.OnList = token => mayList.Task.WaitAsync(token);
        harness.Start();
        await harness.PassAsync(TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(100));
        Assert.Equal(patches, harness.Patches.Count);

        mayList.SetResult();
        await harness.UntilAsync(() => harness.Store.Find("default", "a")?.Status?.Phase == PodPhases.Running);
        Assert.Equal(patches, harness.Patches.Count);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N15")]
    public async Task A_pod_that_ran_and_that_the_provider_does_not_know_has_failed_and_is_never_started_again()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        await harness.StopAsync();
        harness.Provider.Lose(id);
        harness.Calls();
        harness.Start();
        await harness.UntilAsync(() => harness.Phase("a") == "Failed");

        Assert.Equal("SlurmJobLost", harness.Find("a")!.Value.Text("status.reason"));
        Assert.Equal("ContainerStatusUnknown", (string?)harness.Container("a")["state"]!["terminated"]!["reason"]);
        await harness.UntilAsync(() => harness.Events.Count("SlurmJobLost") == 1);
        await harness.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1));
        Assert.Empty(harness.Calls());
        Assert.Single(harness.Provider.Created);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_that_the_provider_lost_while_the_agent_ran_has_failed_too()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Provider.Lose(id);
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Phase("a") == "Failed");

        Assert.Equal("SlurmJobLost", harness.Find("a")!.Value.Text("status.reason"));
        Assert.Single(harness.Provider.Created);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N16")]
    public async Task A_namesake_is_created_when_the_old_pod_is_gone_and_never_gets_its_status()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var old = await harness.RunAsync("a");
        harness.Calls();
        await harness.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50));
        var patches = harness.Patches.Count;
        WorkloadId? young = null;
        harness.Server.Faults.Before(r => r.Is("patch", ResourceTypes.Pods, "status"), () =>
        {
            harness.Api.Delete(ApiPodHarness.Key("a"));
            young = harness.Put("a");
        });
        harness.Provider.Report(old, CrashLoop(harness));
        await harness.UntilAsync(() => harness.Calls().Contains($"delete default/a {old.Uid} 30"));

        // The patch that met the namesake carried the old one's UID and was dropped.
        Assert.Equal(old.Uid, harness.Patches[patches].Json.Text("metadata.uid"));
        await harness.PassAsync(TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(50));
        Assert.Single(harness.Provider.Created);
        Assert.Equal("Pending", harness.Phase("a"));

        harness.Provider.ReportGone(old, harness.Ended(PodPhases.Failed, 1));
        await harness.CreatedAsync(young!);
        await harness.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50));
        Assert.Equal(("Pending", young!.Uid), (harness.Phase("a"), harness.Find("a")!.Value.Text("metadata.uid")));
        Assert.Empty(harness.Deletions);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N18")]
    public async Task A_pod_that_ended_before_is_not_started_but_shown_until_it_is_deleted()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Put("a", status: """{"phase":"Failed","reason":"Evicted","startTime":"2026-01-01T00:00:00Z"}""");
        harness.Start();
        await harness.UntilAsync(() => harness.Store.Find("default", "a")?.Status?.Phase == PodPhases.Failed);
        await harness.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1));
        Assert.Empty(harness.Calls());
        Assert.Empty(harness.Patches);

        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.Store.Find("default", "a") is null);
        Assert.Empty(harness.Calls());
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N18")]
    public async Task A_late_word_of_the_runtime_changes_no_terminal_phase()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Provider.Report(id, harness.Ended(PodPhases.Succeeded, 0));
        await harness.UntilAsync(() => harness.Phase("a") == "Succeeded");
        var patches = harness.Patches.Count;
        harness.Provider.Report(id, harness.Running());
        await harness.PassAsync(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100));

        Assert.Equal("Succeeded", harness.Phase("a"));
        Assert.Equal(patches, harness.Patches.Count);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N18")]
    public async Task What_runs_of_a_pod_that_somebody_else_declared_finished_is_ended()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Calls();
        harness.Change("a", pod => pod["status"]!["phase"] = "Failed");
        await harness.UntilAsync(() => harness.Calls().Contains($"delete default/a {id.Uid} 30"));
        harness.Provider.ReportGone(id, harness.Ended(PodPhases.Succeeded, 0));
        await harness.PassAsync(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100));

        Assert.Equal("Failed", harness.Phase("a"));
        Assert.Single(harness.Provider.Created);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_deleted_pod_that_the_provider_never_knew_gets_its_last_status_and_is_deleted()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Put("a");
        await harness.DeleteAsync("a");
        harness.Start();
        await harness.UntilAsync(() => harness.Find("a") is null);

        Assert.Empty(harness.Provider.Created);
        Assert.Equal("Failed", harness.Patches[^1].Json.Text("status.phase"));
        Assert.Single(harness.Deletions);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_deletion_that_a_restart_interrupted_goes_on()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.Calls().Any(c => c.StartsWith("delete", StringComparison.Ordinal)));
        harness.Server.Faults.Refuse(r => r.Verb is "patch" or "delete", new StatusException(503, "ServiceUnavailable", "no"), times: int.MaxValue);
        harness.Provider.ReportGone(id, harness.Ended(PodPhases.Succeeded, 0));
        await harness.PassAsync(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100));
        await harness.StopAsync();
        harness.Server.Faults.Clear();
        harness.Start();
        await harness.UntilAsync(() => harness.Find("a") is null);

        Assert.Single(harness.Provider.Created);
    }

    [Fact(Timeout = Deadline)]
    public async Task Mirror_pods_and_pods_of_other_nodes_are_left_alone()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Put("mirror", metadata: """, "annotations": { "kubernetes.io/config.mirror": "abc" } """);
        harness.Api.Put(ResourceTypes.Pods, """{"metadata":{"name":"other"},"spec":{"nodeName":"other","containers":[{"name":"main","image":"x"}]},"status":{"phase":"Pending"}}""");
        var ours = harness.Put("ours");
        harness.Start();
        await harness.CreatedAsync(ours);
        await harness.PassAsync(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100));

        Assert.Single(harness.Provider.Created);
        Assert.All(harness.Patches, p => Assert.Equal("ours", p.Route!.Name));
        Assert.Equal("ours", Assert.Single(harness.Store.List()).Metadata.Name);
    }

    [Fact(Timeout = Deadline)]
    public async Task Nothing_is_made_ended_or_written_while_another_agent_holds_the_node()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Leadership.Take();
        var id = harness.Put("a");
        harness.Provider.Know(new WorkloadId("default", "orphan", "o-1"));
        harness.Start();
        await harness.PassAsync(TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(200));
        Assert.Empty(harness.Calls());
        Assert.Empty(harness.Patches);

        harness.Leadership.Give();
        await harness.CreatedAsync(id);
        await harness.UntilAsync(() => harness.Patches.Count > 0 && harness.Calls().Contains("delete default/orphan o-1 30"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_that_the_provider_refuses_fails_with_its_words_and_an_event()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Provider.OnCreate = (_, _) => throw new ProviderException(ProviderErrorKind.Rejected, "the node holds 9 pods already");
        harness.Start();
        harness.Put("a");
        await harness.UntilAsync(() => harness.Phase("a") == "Failed");

        Assert.Equal(("OutOfpods", "Pod was rejected: the node holds 9 pods already"), (harness.Find("a")!.Value.Text("status.reason"), harness.Find("a")!.Value.Text("status.message")));
        await harness.UntilAsync(() => harness.Events.Count("OutOfpods") == 1);
        Assert.Contains("Warning OutOfpods a -: Pod was rejected: the node holds 9 pods already", harness.Events.Lines);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_provider_that_is_away_is_asked_for_ever_and_the_pod_says_why_it_waits()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        var attempts = 0;
        harness.Provider.OnCreate = (_, _) => Interlocked.Increment(ref attempts) < 25 ? throw new ProviderException(ProviderErrorKind.Unavailable, "slurmctld is down") : Task.CompletedTask;
        harness.Start();
        var id = harness.Put("a");
        await harness.UntilAsync(() => harness.Find("a")!.Value.Text("status.message") == "slurmctld is down");
        Assert.Equal("Pending", harness.Phase("a"));
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(20), () => harness.Provider.Created.Any(w => w.Id.Uid == id.Uid));

        await harness.UntilAsync(() => harness.Find("a")!.Value.Text("status.message") is null);
        Assert.Equal(24, harness.Events.Count("FailedCreate"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_creation_whose_answer_was_lost_makes_no_second_job_and_can_be_deleted()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Provider.OnCreate = (workload, _) =>
        {
            harness.Provider.Know(workload.Id, PodPhases.Pending);
            throw new ProviderException(ProviderErrorKind.Unavailable, "the answer was lost");
        };
        harness.Start();
        var id = harness.Put("a");
        await harness.UntilAsync(() => harness.Find("a")!.Value.Text("status.message") == "the answer was lost");
        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.Calls().Any(c => c.StartsWith("delete", StringComparison.Ordinal)));
        Assert.NotNull(harness.Find("a"));

        harness.Provider.ReportGone(id);
        await harness.UntilAsync(() => harness.Find("a") is null);
    }

    [Fact(Timeout = Deadline)]
    public async Task Changed_labels_reach_the_provider()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Calls();
        harness.Change("a", pod => pod["metadata"]!["labels"] = new JsonObject { ["tier"] = "web" });
        await harness.UntilAsync(() => harness.Calls().Contains($"update default/a {id.Uid}"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_waiting_jobs_reason_is_an_event_when_it_changes()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = harness.Put("a");
        await harness.CreatedAsync(id);
        foreach (var (reason, start) in ((string, int)[])[("Priority", 1), ("Priority", 2), ("Resources", 3)])
        {
            harness.Provider.Report(id, new PodStatus
            {
                Phase = PodPhases.Pending,
                ContainerStatuses = [TestPods.Waiting("main") with { State = new ContainerState { Waiting = new ContainerStateWaiting(reason, $"Slurm job 7 is PENDING: {reason}; estimated start {start}") } }],
            });
            await harness.UntilAsync(() => ((string?)harness.Container("a")["state"]?["waiting"]?["message"])?.EndsWith($" {start}", StringComparison.Ordinal) == true);
        }

        await harness.UntilAsync(() => harness.Events.Count("SlurmPending") == 2);
        Assert.Equal(
            ["Normal SlurmPending a -: Slurm job 7 is PENDING: Priority; estimated start 1", "Normal SlurmPending a -: Slurm job 7 is PENDING: Resources; estimated start 3"],
            harness.Events.Lines.Where(l => l.Contains("SlurmPending", StringComparison.Ordinal)));
        Assert.Contains("Normal SlurmJobSubmitted a -: Submitted as job 7", harness.Events.Lines);
    }

    private static PodStatus CrashLoop(ApiPodHarness harness) => new()
    {
        Phase = PodPhases.Running,
        ContainerStatuses =
        [
            TestPods.Waiting("main") with
            {
                RestartCount = 1,
                State = new ContainerState { Waiting = new ContainerStateWaiting("CrashLoopBackOff", "back-off 10s restarting failed container") },
                LastState = new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = 1, Reason = "Error", StartedAt = harness.Time.GetUtcNow(), FinishedAt = harness.Time.GetUtcNow() } },
            },
        ],
    };
}
