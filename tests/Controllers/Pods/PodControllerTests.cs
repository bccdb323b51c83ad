using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Tests.Pods;

public sealed class PodControllerTests
{
    private const int Deadline = 60_000;

    [Fact(Timeout = Deadline)]
    public async Task A_declared_pod_is_created_and_its_status_follows_the_provider()
    {
        await using var harness = new PodControllerHarness();
        var pod = TestPods.Declared();
        harness.Source.Declare(pod);
        harness.Source.EndListing();
        _ = harness.Start();

        Assert.Equal("create default/a u1", await harness.Provider.NextCallAsync());
        harness.Provider.Report(pod.Id(), new PodStatus { Phase = PodPhases.Running, ContainerStatuses = [TestPods.Running("main")] });
        var shown = await harness.UntilAsync("a", p => p?.Status?.Phase == PodPhases.Running);

        Assert.Equal("10.0.0.1", shown!.Status!.HostIP);
        Assert.Equal("BestEffort", shown.Status.QosClass);
        Assert.Equal("True", shown.Status.Conditions!.Single(c => c.Type == "Ready").Status);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_removed_pod_is_deleted_with_its_grace_and_shown_until_it_is_gone()
    {
        await using var harness = new PodControllerHarness();
        var pod = TestPods.Declared();
        harness.Source.Declare(pod);
        harness.Source.EndListing();
        _ = harness.Start();
        await harness.Provider.NextCallAsync();

        harness.Source.Withdraw(pod);
        Assert.Equal("delete default/a u1 5", await harness.Provider.NextCallAsync());
        var ending = await harness.UntilAsync("a", p => p?.Metadata.DeletionTimestamp is not null);
        Assert.Equal(5, ending!.Metadata.DeletionGracePeriodSeconds);

        harness.Provider.ReportGone(pod.Id());
        await harness.UntilAsync("a", p => p is null);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N16")]
    public async Task A_namesake_with_a_new_uid_is_created_only_when_the_old_pod_is_gone()
    {
        await using var harness = new PodControllerHarness();
        var old = TestPods.Declared(uid: "u1");
        harness.Source.Declare(old);
        harness.Source.EndListing();
        _ = harness.Start();
        await harness.Provider.NextCallAsync();

        harness.Source.Declare(TestPods.Declared(uid: "u2"));
        Assert.Equal("delete default/a u1 5", await harness.Provider.NextCallAsync());
        Assert.Equal("u1", (await harness.UntilAsync("a", p => p?.Metadata.DeletionTimestamp is not null))!.Metadata.Uid);
        Assert.False(harness.Provider.TryNextCall(out _));

        harness.Provider.ReportGone(old.Id());
        Assert.Equal("create default/a u2", await harness.Provider.NextCallAsync());
        await harness.UntilAsync("a", p => p?.Metadata.Uid == "u2");
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_declared_again_while_it_is_deleted_is_made_anew_once_it_is_gone()
    {
        await using var harness = new PodControllerHarness();
        var pod = TestPods.Declared();
        harness.Source.Declare(pod);
        harness.Source.EndListing();
        _ = harness.Start();
        await harness.Provider.NextCallAsync();
        harness.Source.Withdraw(pod);
        await harness.Provider.NextCallAsync();
        await harness.UntilAsync("a", p => p?.Metadata.DeletionTimestamp is not null);

        harness.Source.Declare(pod);
        harness.Provider.ReportGone(pod.Id());

        Assert.Equal("create default/a u1", await harness.Provider.NextCallAsync());
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N15")]
    public async Task After_a_restart_what_is_known_to_both_is_adopted_and_only_orphans_are_deleted_once_the_source_was_read()
    {
        await using var harness = new PodControllerHarness();
        var kept = TestPods.Declared("kept", "k");
        harness.Provider.Know(kept.Id());
        harness.Provider.Know(new WorkloadId("default", "orphan", "o"));
        harness.Source.Declare(kept);
        _ = harness.Start();

        Assert.Equal("update default/kept k", await harness.Provider.NextCallAsync());
        await harness.UntilAsync("kept", p => p?.Status?.Phase == PodPhases.Running);
        Assert.False(harness.Provider.TryNextCall(out _));

        harness.Source.EndListing();
        Assert.Equal("delete default/orphan o 30", await harness.Provider.NextCallAsync());
        Assert.Empty(harness.Provider.Created);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_with_errors_is_shown_as_failed_and_stops_nothing_that_an_earlier_process_left_under_its_name()
    {
        await using var harness = new PodControllerHarness();
        harness.Provider.Know(new WorkloadId("default", "a", "old"));
        harness.Source.Declare(TestPods.Declared() with { Errors = ["x.yaml:3: spec.containers: is missing", "x.yaml:4: too bad"] });
        harness.Source.EndListing();
        harness.Source.Declare(TestPods.Declared("b", "b"));
        _ = harness.Start();

        Assert.Equal("create default/b b", await harness.Provider.NextCallAsync());
        var shown = await harness.UntilAsync("a", p => p?.Status?.Phase == PodPhases.Failed);
        Assert.Equal("InvalidManifest", shown!.Status!.Reason);
        Assert.Equal("x.yaml:3: spec.containers: is missing; x.yaml:4: too bad", shown.Status.Message);
        Assert.False(harness.Provider.TryNextCall(out _));
    }

    [Theory(Timeout = Deadline)]
    [InlineData(ProviderErrorKind.Invalid, "InvalidPod")]
    [InlineData(ProviderErrorKind.Rejected, "OutOfpods")]
    public async Task A_refusal_for_good_fails_the_pod_in_the_backends_words(ProviderErrorKind kind, string reason)
    {
        await using var harness = new PodControllerHarness();
        harness.Provider.OnCreate = (_, _) => throw new ProviderException(kind, "invalid partition specified: nope");
        harness.Source.Declare(TestPods.Declared());
        _ = harness.Start();

        var shown = await harness.UntilAsync("a", p => p?.Status?.Phase == PodPhases.Failed);
        Assert.Equal(reason, shown!.Status!.Reason);
        Assert.Contains("invalid partition specified: nope", shown.Status.Message, StringComparison.Ordinal);
        Assert.Equal("PodFailed", shown.Status.Conditions!.Single(c => c.Type == "Ready").Reason);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_unavailable_provider_leaves_the_pod_pending_and_is_asked_again_for_ever()
    {
        await using var harness = new PodControllerHarness();
        var attempts = 0;
        harness.Provider.OnCreate = (_, _) => Interlocked.Increment(ref attempts) < 12
            ? throw new ProviderException(ProviderErrorKind.Unavailable, "slurmctld does not answer")
            : Task.CompletedTask;
        harness.Source.Declare(TestPods.Declared());
        _ = harness.Start();

        var shown = await harness.UntilAsync("a", p => p?.Status?.Reason == "ProviderUnavailable");
        Assert.Equal(PodPhases.Pending, shown!.Status!.Phase);
        Assert.Equal("slurmctld does not answer", shown.Status.Message);

        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(30), () => harness.Provider.Created.Count == 1);
        await harness.UntilAsync("a", p => p?.Status?.Reason is null);
        Assert.Equal(12, attempts);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_call_that_never_returns_is_given_up_and_tried_again()
    {
        await using var harness = new PodControllerHarness();
        var attempts = 0;
        harness.Provider.OnCreate = (_, token) => Interlocked.Increment(ref attempts) == 1 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        harness.Source.Declare(TestPods.Declared());
        _ = harness.Start();

        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(10), () => harness.Provider.Created.Count == 1);
        Assert.Equal(2, attempts);
    }

    [Fact(Timeout = Deadline)]
    public async Task One_pod_that_hangs_does_not_delay_another()
    {
        await using var harness = new PodControllerHarness();
        harness.Provider.OnCreate = (workload, token) => workload.Id.Name == "a" ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        harness.Source.Declare(TestPods.Declared("a", "u1"));
        harness.Source.Declare(TestPods.Declared("b", "u2"));
        _ = harness.Start();

        await PodControllerHarness.UntilAsync(() => harness.Provider.Created.Any(w => w.Id.Name == "b"));
    }

    [Fact(Timeout = Deadline)]
    public async Task Nothing_is_created_before_the_provider_has_told_what_it_knows()
    {
        await using var harness = new PodControllerHarness();
        var mayList = new TaskCompletionSource();
        harness.Provider.OnList = token => mayList.Task.WaitAsync(token);
        harness.Source.Declare(TestPods.Declared());
        _ = harness.Start();
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Store.Find("default", "a")?.Status?.Phase == PodPhases.Pending);
        Assert.False(harness.Provider.TryNextCall(out _));

        mayList.SetResult();
        Assert.Equal("create default/a u1", await harness.Provider.NextCallAsync());
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_that_runs_already_is_never_shown_as_waiting()
    {
        await using var harness = new PodControllerHarness();
        var pod = TestPods.Declared();
        var mayList = new TaskCompletionSource();
        harness.Provider.OnList = token => mayList.Task.WaitAsync(token);
        harness.Provider.Report(pod.Id(), new PodStatus { Phase = PodPhases.Running });
        harness.Source.Declare(pod);
        _ = harness.Start();

        mayList.SetResult();
        var shown = await harness.UntilAsync("a", p => p is not null);

        Assert.Equal(PodPhases.Running, shown!.Status!.Phase);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N18")]
    public async Task A_terminal_phase_is_final_whatever_the_provider_says_later()
    {
        await using var harness = new PodControllerHarness();
        var pod = TestPods.Declared();
        harness.Source.Declare(pod);
        _ = harness.Start();
        await harness.Provider.NextCallAsync();
        harness.Provider.Report(pod.Id(), new PodStatus { Phase = PodPhases.Succeeded, ContainerStatuses = [TestPods.Ended("main", 0)] });
        await harness.UntilAsync("a", p => p?.Status?.Phase == PodPhases.Succeeded);

        harness.Provider.Report(pod.Id(), new PodStatus { Phase = PodPhases.Running });
        harness.Source.Declare(TestPods.Declared("b", "u2"));
        await harness.Provider.NextCallAsync();
        harness.Provider.Report(new WorkloadId("default", "b", "u2"), new PodStatus { Phase = PodPhases.Running });
        await harness.UntilAsync("b", p => p?.Status?.Phase == PodPhases.Running);

        Assert.Equal(PodPhases.Succeeded, harness.Store.Find("default", "a")!.Status!.Phase);
    }

    [Fact(Timeout = Deadline)]
    public async Task Changed_labels_are_passed_on_and_a_new_time_of_seeing_is_not()
    {
        await using var harness = new PodControllerHarness();
        var pod = TestPods.Declared();
        harness.Source.Declare(pod);
        _ = harness.Start();
        await harness.Provider.NextCallAsync();
        await PodControllerHarness.UntilAsync(() => harness.Provider.Created.Count == 1);

        DeclaredPod With(string key, string value) => pod with
        {
            Pod = pod.Pod with { Metadata = pod.Pod.Metadata with { Annotations = new Dictionary<string, string> { [key] = value } } },
        };
        harness.Source.Declare(With("kubernetes.io/config.seen", "now"));
        harness.Source.Declare(With("note", "x"));

        Assert.Equal("update default/a u1", await harness.Provider.NextCallAsync());
        harness.Source.Withdraw(pod);
        Assert.Equal("delete default/a u1 5", await harness.Provider.NextCallAsync());
    }

    [Fact(Timeout = Deadline)]
    public async Task A_workload_that_vanished_without_an_event_is_made_anew_by_the_next_listing()
    {
        await using var harness = new PodControllerHarness();
        var pod = TestPods.Declared();
        harness.Source.Declare(pod);
        _ = harness.Start();
        Assert.Equal("create default/a u1", await harness.Provider.NextCallAsync());
        harness.Provider.Report(pod.Id(), new PodStatus { Phase = PodPhases.Running });
        await harness.UntilAsync("a", p => p?.Status?.Phase == PodPhases.Running);

        harness.Provider.Lose(pod.Id());
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(5), () => harness.Provider.Created.Count == 2);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_renamed_under_its_own_uid_waits_until_the_provider_has_let_go_of_it()
    {
        await using var harness = new PodControllerHarness();
        var old = TestPods.Declared("old", "u1");
        harness.Source.Declare(old);
        _ = harness.Start();
        await harness.Provider.NextCallAsync();
        await PodControllerHarness.UntilAsync(() => harness.Provider.Created.Count == 1);

        harness.Source.Withdraw(old);
        harness.Source.Declare(TestPods.Declared("new", "u1"));
        Assert.Equal("delete default/old u1 5", await harness.Provider.NextCallAsync());
        await harness.UntilAsync("old", p => p?.Metadata.DeletionTimestamp is not null);
        Assert.Single(harness.Provider.Created);

        harness.Provider.ReportGone(old.Id());
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Provider.Created.Count == 2);
        Assert.Equal("new", harness.Provider.Created.Last().Id.Name);
    }

    [Fact(Timeout = Deadline)]
    public async Task Broken_loops_start_again_and_miss_nothing()
    {
        await using var harness = new PodControllerHarness();
        var (kept, dropped) = (TestPods.Declared("kept", "k"), TestPods.Declared("dropped", "d"));
        harness.Source.Declare(kept);
        harness.Source.Declare(dropped);
        harness.Source.EndListing();
        _ = harness.Start();
        await PodControllerHarness.UntilAsync(() => harness.Provider.Created.Count == 2);

        harness.Provider.BreakWatches();
        harness.Source.Break();
        harness.Source.Declare(kept);
        harness.Source.EndListing();
        harness.Provider.Report(kept.Id(), new PodStatus { Phase = PodPhases.Running });

        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () =>
            harness.Store.Find("default", "kept")?.Status?.Phase == PodPhases.Running
            && harness.Store.Find("default", "dropped")?.Metadata.DeletionTimestamp is not null);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "A14")]
    public async Task The_heartbeat_goes_on_when_nothing_happens()
    {
        await using var harness = new PodControllerHarness();
        _ = harness.Start();
        await harness.UntilAsync("a", p => p is null);

        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(2), () => harness.Time.GetUtcNow() > DateTimeOffset.Parse("2026-01-02T03:10:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Heartbeat.SinceLastTurn < TimeSpan.FromSeconds(10));
    }

    [Fact(Timeout = Deadline)]
    public async Task Stopping_lets_a_call_under_way_end_and_deletes_nothing()
    {
        await using var harness = new PodControllerHarness();
        var mayEnd = new TaskCompletionSource();
        harness.Provider.OnCreate = (_, _) => mayEnd.Task;
        harness.Source.Declare(TestPods.Declared());
        var run = harness.Start();
        await harness.Provider.NextCallAsync();

        var stop = harness.StopAsync();
        Assert.False(run.IsCompleted);
        mayEnd.SetResult();
        await stop;

        Assert.Single(harness.Provider.Created);
        Assert.False(harness.Provider.TryNextCall(out _));
    }

    [Fact(Timeout = Deadline)]
    public async Task What_cannot_be_resolved_fails_the_pod_with_every_reason()
    {
        await using var harness = new PodControllerHarness();
        var container = TestPods.Container("main") with
        {
            Env = [new EnvVar { Name = "A", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "spec.nope" } } }],
            EnvFrom = [System.Text.Json.JsonDocument.Parse("""{"secretRef":{"name":"s"}}""").RootElement],
        };
        harness.Source.Declare(new DeclaredPod(TestPods.Pod("a", "u1", container), []));
        _ = harness.Start();

        var shown = await harness.UntilAsync("a", p => p?.Status?.Phase == PodPhases.Failed);
        Assert.Contains("spec.containers[0].envFrom[0]: cannot be resolved without an API server", shown!.Status!.Message, StringComparison.Ordinal);
        Assert.Contains("spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: \"spec.nope\"", shown.Status.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task Without_an_api_server_a_pod_has_files_of_its_own_fields_and_none_of_optional_objects()
    {
        await using var harness = new PodControllerHarness();
        harness.Source.Declare(Mounting(
            """{ "downwardAPI": { "items": [{ "path": "name", "fieldRef": { "fieldPath": "metadata.name" } }] } }, { "secret": { "name": "s", "optional": true } }"""));
        _ = harness.Start();

        Assert.Equal("create default/a u1", await harness.Provider.NextCallAsync());
        await PodControllerHarness.UntilAsync(() => harness.Provider.Created.Count == 1);
        Assert.Equal("name", Assert.Single(Assert.Single(harness.Provider.Created.Single().Volumes).Files).Path);
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Time.GetUtcNow() > DateTimeOffset.Parse("2026-01-02T03:10:00Z", System.Globalization.CultureInfo.InvariantCulture));
        Assert.False(harness.Provider.TryNextCall(out _));
    }

    [Fact(Timeout = Deadline)]
    public async Task Without_an_api_server_a_pod_that_needs_an_objects_files_fails_and_is_told_why()
    {
        await using var harness = new PodControllerHarness();
        harness.Source.Declare(Mounting("""{ "configMap": { "name": "c" } }"""));
        _ = harness.Start();

        var shown = await harness.UntilAsync("a", p => p?.Status?.Phase == PodPhases.Failed);
        Assert.StartsWith("spec.volumes[0].projected.sources[0].configMap: cannot be resolved without an API server; ", shown!.Status!.Message, StringComparison.Ordinal);
    }

    private static DeclaredPod Mounting(string sources)
    {
        var pod = TestPods.Pod("a", "u1", TestPods.Container("main") with { VolumeMounts = [new VolumeMount { Name = "v", MountPath = "/v" }] });
        var source = System.Text.Json.JsonDocument.Parse($$"""{ "sources": [{{sources}}] }""").RootElement;
        var volume = new Volume { Name = "v", Source = new Dictionary<string, System.Text.Json.JsonElement> { ["projected"] = source } };
        return new DeclaredPod(pod with { Spec = pod.Spec with { Volumes = [volume] } }, []);
    }
}
