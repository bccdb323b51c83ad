using System.Text.Json.Nodes;
using VirtualKubelet.Controllers.Tests.Fakes;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.ApiPods;

/// <summary>What is written of a pod's status, and what is left alone.</summary>
public sealed class StatusTests
{
    private const int Deadline = 60_000;

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N18")]
    public async Task Conditions_and_fields_of_others_stay_and_what_is_ours_is_put_right()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Change("a", pod =>
        {
            pod["status"]!["conditions"]!.AsArray().Add(new JsonObject { ["type"] = "example.org/Checked", ["status"] = "True", ["lastProbeTime"] = null });
            pod["status"]!["nominatedNodeName"] = "elsewhere";
            pod["status"]!["phase"] = "Pending";
        });
        await harness.UntilAsync(() => harness.Phase("a") == "Running");
        harness.Provider.Report(id, harness.Ended(PodPhases.Succeeded, 0));
        await harness.UntilAsync(() => harness.Phase("a") == "Succeeded");

        Assert.Equal("True", (string?)harness.Condition("a", "example.org/Checked")!["status"]);
        Assert.Equal("elsewhere", harness.Find("a")!.Value.Text("status.nominatedNodeName"));

        // The scheduler's word, with its own time.
        Assert.Equal("2026-01-01T00:00:00Z", (string?)harness.Condition("a", "PodScheduled")!["lastTransitionTime"]);
        Assert.All(harness.Patches, p => Assert.DoesNotContain("PodScheduled", p.Body, StringComparison.Ordinal));
        Assert.All(harness.Patches, p => Assert.Equal(id.Uid, p.Json.Text("metadata.uid")));
        Assert.All(harness.Patches, p => Assert.StartsWith("application/strategic-merge-patch+json", p.Headers.ContentType.ToString(), StringComparison.Ordinal));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_readiness_gate_decides_when_its_owner_says_so()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        await harness.RunAsync("a", """ "readinessGates": [{ "conditionType": "example.org/Gate" }], """);
        Assert.Equal("ReadinessGatesNotReady", (string?)harness.Condition("a", "Ready")!["reason"]);
        harness.Change("a", pod => pod["status"]!["conditions"]!.AsArray().Add(new JsonObject { ["type"] = "example.org/Gate", ["status"] = "True" }));
        await harness.UntilAsync(() => (string?)harness.Condition("a", "Ready")!["status"] == "True");

        Assert.Null(harness.Condition("a", "Ready")!["reason"]);
        Assert.Null(harness.Condition("a", "Ready")!["message"]);
    }

    [Theory(Timeout = Deadline)]
    [Trait("Item", "N2")]
    [InlineData]
    [InlineData("hostIPs", "observedGeneration")]
    public async Task Nothing_is_patched_in_a_steady_state_even_if_the_server_drops_what_it_does_not_know(params string[] dropped)
    {
        await using var harness = await ApiPodHarness.CreateAsync(new() { DroppedStatusFields = dropped.ToHashSet() });
        harness.Start();
        var id = await harness.RunAsync("a");
        await harness.PassAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(50));
        var patches = harness.Patches.Count;
        Assert.InRange(patches, 1, 3);
        for (var i = 0; i < 20; i++)
        {
            harness.Provider.Report(id, harness.Provider.Created.Single().Pod.Status ?? Same(harness));
            harness.Change("a", pod => pod["metadata"]!["labels"] = new JsonObject { ["turn"] = $"{i}" });
            await harness.PassAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1));
        }

        Assert.Equal(patches, harness.Patches.Count);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_first_change_goes_out_at_once_and_a_burst_goes_out_together()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        await harness.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50));
        var patches = harness.Patches.Count;
        var now = harness.Time.GetUtcNow();
        harness.Provider.Report(id, Restarted(harness, 1));
        await harness.AdvanceUntilAsync(TimeSpan.Zero, () => harness.Patches.Count == patches + 1);
        Assert.Equal(now, harness.Time.GetUtcNow());

        for (var i = 2; i <= 50; i++)
        {
            harness.Provider.Report(id, Restarted(harness, i));
        }

        await harness.UntilAsync(() => (int?)harness.Container("a")["restartCount"] == 50);
        Assert.InRange(harness.Patches.Count - patches, 2, 4);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_clock_that_is_set_back_delays_nothing()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        var id = await harness.RunAsync("a");
        harness.Clock.Offset = TimeSpan.FromHours(-1);
        harness.Provider.Report(id, harness.Ended(PodPhases.Succeeded, 0));
        await harness.UntilAsync(() => harness.Phase("a") == "Succeeded");
    }

    [Fact(Timeout = Deadline)]
    public async Task The_generation_seen_is_told_and_times_have_whole_seconds()
    {
        await using var harness = await ApiPodHarness.CreateAsync();
        harness.Start();
        harness.Time.Advance(TimeSpan.FromMilliseconds(333));
        await harness.RunAsync("a");

        Assert.Equal("1", harness.Find("a")!.Value.Text("status.observedGeneration"));
        Assert.Equal(1, (int?)harness.Condition("a", "Ready")!["observedGeneration"]);
        Assert.Equal("10.0.0.1", (string?)harness.Find("a")!.Value.ToNode()["status"]!["hostIPs"]![0]!["ip"]);
        Assert.Matches("^[0-9T:-]{19}Z$", harness.Find("a")!.Value.Text("status.startTime"));
        Assert.All(harness.Patches, p => Assert.DoesNotMatch("[0-9]\\.[0-9]+Z", p.Body));
    }

    private static PodStatus Same(ApiPodHarness harness) => harness.Running() with
    {
        ContainerStatuses =
        [
            TestPods.Running("main") with
            {
                ContainerID = "slurm://7/main/0",
                State = new ContainerState { Running = new ContainerStateRunning(DateTimeOffset.Parse((string)harness.Container("a")["state"]!["running"]!["startedAt"]!, System.Globalization.CultureInfo.InvariantCulture)) },
            },
        ],
    };

    private static PodStatus Restarted(ApiPodHarness harness, int count) => harness.Running() with
    {
        ContainerStatuses = [TestPods.Running("main") with { RestartCount = count, ContainerID = $"slurm://7/main/{count}" }],
    };
}
