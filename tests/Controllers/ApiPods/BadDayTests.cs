using System.Text.Json.Nodes;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.ApiPods;

/// <summary>What an API server does on a bad day delays what it is told, and loses none of it.</summary>
public sealed class BadDayTests
{
    private const int Deadline = 60_000;

    public static TheoryData<int, string, int?> Refusals => new()
    {
        { 429, "TooManyRequests", 7 },
        { 500, "InternalError", null },
        { 503, "ServiceUnavailable", null },
        { 504, "Timeout", null },
        { 409, "Conflict", null },
        { 401, "Unauthorized", null },
        { 403, "Forbidden", null },
    };

    [Theory(Timeout = Deadline)]
    [MemberData(nameof(Refusals))]
    public async Task A_status_that_is_refused_is_told_later(int code, string reason, int? retryAfter)
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        await harness.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50));
        harness.Server.Faults.Refuse(r => r.Is("patch", ResourceTypes.Pods, "status"), new StatusException(code, reason, "not now") { RetryAfter = retryAfter }, times: 3);
        var (before, refusedAt) = (harness.Patches.Count, harness.Time.GetUtcNow());
        harness.Provider.Report(id, harness.Ended(PodPhases.Succeeded, 0));
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => harness.Phase("a") == "Succeeded");

        Assert.Equal(4, harness.Patches.Count - before);
        if (retryAfter is { } seconds)
        {
            Assert.True(harness.Time.GetUtcNow() - refusedAt >= TimeSpan.FromSeconds(3 * seconds));
        }
    }

    [Fact(Timeout = Deadline)]
    public async Task A_server_in_trouble_is_not_asked_more_often_because_a_pod_is_busy()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Server.Faults.Refuse(r => r.Is("patch", ResourceTypes.Pods, "status"), new StatusException(500, "InternalError", "no"), times: int.MaxValue);
        var before = harness.Patches.Count;
        for (var i = 1; i <= 100; i++)
        {
            harness.Provider.Report(id, harness.Running() with { ContainerStatuses = [TestPods.Running("main") with { RestartCount = i }] });
            await harness.PassAsync(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(100));
        }

        // Half a minute of back-off: 1, 2, 4, 8, 16 seconds or half of each.
        Assert.InRange(harness.Patches.Count - before, 3, 8);
        harness.Server.Faults.Clear();
        await harness.UntilAsync(() => (int?)harness.Container("a")["restartCount"] == 100);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_status_that_is_not_valid_is_told_again_only_when_it_or_the_pod_changes()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        await harness.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50));
        harness.Server.Faults.Refuse(r => IsStatus(r) && r.Body.Contains("\"restartCount\":1", StringComparison.Ordinal), StatusException.Invalid("may not be"), times: int.MaxValue);
        var before = harness.Patches.Count;
        harness.Provider.Report(id, harness.Running() with { ContainerStatuses = [TestPods.Running("main") with { RestartCount = 1 }] });
        await harness.UntilAsync(() => harness.Patches.Count > before);
        await harness.PassAsync(TimeSpan.FromSeconds(50), TimeSpan.FromMilliseconds(200));
        Assert.Equal(1, harness.Patches.Count - before);

        harness.Change("a", pod => pod["metadata"]!["labels"] = new JsonObject { ["tier"] = "web" });
        await harness.UntilAsync(() => harness.Patches.Count == before + 2);
        harness.Provider.Report(id, harness.Running() with { ContainerStatuses = [TestPods.Running("main") with { RestartCount = 2 }] });
        await harness.UntilAsync(() => (int?)harness.Container("a")["restartCount"] == 2);
        Assert.Equal(3, harness.Patches.Count - before);
    }

    [Fact(Timeout = Deadline)]
    public async Task Of_a_last_status_that_is_not_valid_the_outcome_is_told_alone_before_the_deletion()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Server.Faults.Refuse(r => IsStatus(r) && r.Body.Contains("containerStatuses", StringComparison.Ordinal), StatusException.Invalid("may not be"), times: int.MaxValue);
        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.Calls().Any(c => c.StartsWith("delete", StringComparison.Ordinal)));
        harness.Provider.ReportGone(id, harness.Ended(PodPhases.Failed, 137) with { Reason = "NodeFail" });
        await harness.UntilAsync(() => harness.Find("a") is null);

        var last = harness.Patches[^1].Json;
        Assert.Equal(("Failed", "NodeFail", id.Uid), (last.Text("status.phase"), last.Text("status.reason"), last.Text("metadata.uid")));
        Assert.Single(harness.Deletions);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pod_that_is_over_is_deleted_though_no_status_of_it_is_valid()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        await harness.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50));
        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.Calls().Any(c => c.StartsWith("delete", StringComparison.Ordinal)));
        harness.Server.Faults.Refuse(IsStatus, StatusException.Invalid("may not be"), times: int.MaxValue);
        harness.Server.Faults.Refuse(r => r.Is("delete", ResourceTypes.Pods), new StatusException(503, "ServiceUnavailable", "down"));
        var before = harness.Patches.Count;
        harness.Provider.ReportGone(id, harness.Ended(PodPhases.Failed, 137));
        await harness.UntilAsync(() => harness.Find("a") is null);

        Assert.Equal(2, harness.Patches.Count - before);
        Assert.All(harness.Deletions, d => Assert.Equal(id.Uid, d.Json.Text("preconditions.uid")));
    }

    [Theory(Timeout = Deadline)]
    [InlineData(403, "Forbidden")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task A_pod_that_is_over_is_not_deleted_as_long_as_its_outcome_may_yet_be_told(int code, string reason)
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.Calls().Any(c => c.StartsWith("delete", StringComparison.Ordinal)));
        harness.Server.Faults.Refuse(IsStatus, new StatusException(code, reason, "no"), times: int.MaxValue);
        var before = harness.Patches.Count;
        harness.Provider.ReportGone(id, harness.Ended(PodPhases.Failed, 137));
        await harness.UntilAsync(() => harness.Patches.Count >= before + 3);
        Assert.Empty(harness.Deletions);

        harness.Server.Faults.Clear();
        await harness.UntilAsync(() => harness.Find("a") is null);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_patch_and_a_deletion_whose_answers_were_lost_are_found_done()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        await harness.DeleteAsync("a");
        await harness.UntilAsync(() => harness.Calls().Any(c => c.StartsWith("delete", StringComparison.Ordinal)));
        harness.Server.Faults.LoseAnswer(r => r.Is("patch", ResourceTypes.Pods, "status"));
        harness.Server.Faults.LoseAnswer(r => r.Is("delete", ResourceTypes.Pods));
        harness.Provider.ReportGone(id, harness.Ended(PodPhases.Succeeded, 0));
        await harness.UntilAsync(() => harness.Find("a") is null);
        await harness.UntilAsync(() => harness.Store.Find("default", "a") is null);

        await harness.PassAsync(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100));
        Assert.Single(harness.Provider.Created);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_slow_answer_about_one_pod_does_not_delay_another()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var may = new TaskCompletionSource();
        harness.Server.Faults.Hold(r => r.Is("patch", ResourceTypes.Pods, "status") && r.Route!.Name == "slow", may.Task, times: int.MaxValue);
        var slow = harness.Put("slow");
        await harness.CreatedAsync(slow);
        await harness.RunAsync("quick");
        Assert.Null(harness.Find("slow")!.Value.Text("status.startTime"));

        may.SetResult();
        await harness.UntilAsync(() => harness.Find("slow")!.Value.Text("status.startTime") is not null);
    }

    [Fact(Timeout = Deadline)]
    public async Task Half_an_event_and_a_broken_watch_lose_no_pod()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        await harness.RunAsync("a");
        var watch = await harness.Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        watch.Send("""{"type":"MODIFIED","object":{"metadata":{"na""");
        watch.Drop();
        var second = harness.Put("b");
        await harness.CreatedAsync(second);
        Assert.Equal(2, harness.Provider.Created.Count);
        Assert.DoesNotContain(harness.Calls(), c => c.StartsWith("delete", StringComparison.Ordinal));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_expired_token_is_no_reason_to_end_anything()
    {
        await using var harness = await ApiPodHarness.CreateAsync(new() { RequiresCredentials = true }, token: "secret");
        harness.Server.Tokens["secret"] = "system:node:virtual-0";
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Calls();
        harness.Server.Tokens.Clear();
        (await harness.Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10))).Drop();
        harness.Provider.Report(id, harness.Ended(PodPhases.Succeeded, 0));
        await harness.PassAsync(TimeSpan.FromMinutes(3), TimeSpan.FromMilliseconds(500));
        Assert.DoesNotContain(harness.Calls(), c => c.StartsWith("delete", StringComparison.Ordinal));

        harness.Server.Tokens["secret"] = "system:node:virtual-0";
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Phase("a") == "Succeeded");
    }

    private static bool IsStatus(RecordedRequest request) => request.Is("patch", ResourceTypes.Pods, "status");
}
