using System.Globalization;
using System.Text.Json.Nodes;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.Leadership;

public sealed class NodeLeaseTests
{
    private const int Deadline = 120_000;

    [Fact(Timeout = Deadline)]
    public async Task The_lease_is_a_kubelets_and_names_the_agent_besides()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var agent = await harness.LeaderAsync("a");

        var lease = harness.Lease!.Value;
        Assert.Equal((LeaseHarness.Node, "40"), (lease.Text("spec.holderIdentity"), lease.Text("spec.leaseDurationSeconds")));
        Assert.Equal("2026-01-02T03:04:05.000000Z", lease.Text("spec.renewTime"));
        Assert.Equal("a", harness.Holder);
        Assert.True(agent.Lease.IsHeld);
        await agent.Lease.WaitUntilHeldAsync(CancellationToken.None).WaitAsync(LeaseHarness.Patience);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N2")]
    public async Task It_is_renewed_every_ten_seconds_and_a_little_with_one_request()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        await harness.LeaderAsync("a");
        harness.Server.Requests.Clear();
        var times = new List<DateTimeOffset> { harness.RenewTime };
        await harness.PassAsync(TimeSpan.FromMinutes(10), () =>
        {
            if (harness.RenewTime != times[^1])
            {
                times.Add(harness.RenewTime);
            }
        });

        Assert.InRange(times.Count, 50, 61);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 10, 12.5));
        Assert.All(harness.Server.Requests, r => Assert.Equal("update", r.Verb));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_second_agent_stands_by_and_takes_over_at_once_after_a_clean_stop()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var first = await harness.LeaderAsync("a");
        var second = harness.Start("b");
        await harness.PassAsync(TimeSpan.FromMinutes(3), () => Assert.False(second.IsLeading || second.Lease.IsHeld));

        first.Stop();
        await first.Run.WaitAsync(LeaseHarness.Patience);
        Assert.Null(harness.Holder);
        Assert.False(first.Lease.IsHeld);
        var stopped = harness.Time.GetUtcNow();
        await harness.AdvanceUntilAsync(() => second.IsLeading, TimeSpan.FromSeconds(0.5));

        Assert.True(harness.Time.GetUtcNow() - stopped < TimeSpan.FromSeconds(8));
        Assert.Equal(("b", "1"), (harness.Holder, harness.Lease!.Value.Text("spec.leaseTransitions")));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_agent_that_is_cut_off_stops_before_another_begins_and_stands_by_when_it_is_back()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var first = await harness.LeaderAsync("a");
        var second = harness.Start("b");
        await harness.PassAsync(TimeSpan.FromSeconds(30));
        var renewed = harness.RenewTime;
        first.IsCutOff = true;
        await harness.AdvanceUntilAsync(() => second.IsLeading, TimeSpan.FromSeconds(0.5));

        Assert.InRange((harness.Time.GetUtcNow() - renewed).TotalSeconds, 40, 60);
        Assert.False(first.Lease.IsHeld);
        Assert.True(first.IsLeading);
        first.IsCutOff = false;
        await harness.AdvanceUntilAsync(() => !first.IsLeading, TimeSpan.FromSeconds(0.5));
        await harness.PassAsync(TimeSpan.FromMinutes(2), () => Assert.False(first.Lease.IsHeld));

        Assert.Equal("b", harness.Holder);
        Assert.False(first.Run.IsCompleted);
        second.Stop();
        await harness.AdvanceUntilAsync(() => first.IsLeading, TimeSpan.FromSeconds(0.5));
        Assert.Equal(2, first.Terms);
    }

    [Fact(Timeout = Deadline)]
    [Trait("Item", "N3")]
    public async Task An_api_server_that_is_away_for_two_minutes_takes_the_node_from_nobody()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var agent = await harness.LeaderAsync("a");
        await harness.OutageAsync(TimeSpan.FromMinutes(2));
        Assert.False(agent.Lease.IsHeld);
        var waiting = agent.Lease.WaitUntilHeldAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await harness.AdvanceUntilAsync(() => agent.Lease.IsHeld, TimeSpan.FromSeconds(0.5));

        await waiting.WaitAsync(LeaseHarness.Patience);
        Assert.Equal((true, 1), (agent.IsLeading, agent.Terms));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_agent_that_was_cut_off_notices_one_that_has_come_and_gone()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var first = await harness.LeaderAsync("a");
        first.IsCutOff = true;
        var second = harness.Start("b");
        await harness.AdvanceUntilAsync(() => second.IsLeading, TimeSpan.FromSeconds(0.5));
        second.Stop();
        await second.Run.WaitAsync(LeaseHarness.Patience);
        Assert.Null(harness.Holder);
        first.IsCutOff = false;
        await harness.AdvanceUntilAsync(() => first.Terms == 2, TimeSpan.FromSeconds(0.5));

        Assert.Equal("2", harness.Lease!.Value.Text("spec.leaseTransitions"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_lease_deleted_by_hand_is_created_anew_by_its_holder_and_not_by_a_stand_by()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var first = await harness.LeaderAsync("a");
        first.Lease.SetOwner("node-uid");
        var second = harness.Start("b");
        await harness.PassAsync(TimeSpan.FromSeconds(12));
        harness.Server.Store.Delete(LeaseHarness.Key);
        await harness.PassAsync(TimeSpan.FromSeconds(15));

        Assert.Equal("a", harness.Holder);
        Assert.Equal((false, 1), (second.IsLeading, first.Terms));
        var owner = harness.Lease!.Value.ToNode()["metadata"]!["ownerReferences"]!.AsArray().Single()!;
        Assert.Equal(("v1", "Node", LeaseHarness.Node, "node-uid"), ((string?)owner["apiVersion"], (string?)owner["kind"], (string?)owner["name"], (string?)owner["uid"]));
        Assert.Null(owner["controller"]);
    }

    [Fact(Timeout = Deadline)]
    public async Task The_owner_is_added_replaced_and_removed_and_other_owners_stay()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        harness.Put(l =>
        {
            l.Metadata()["annotations"] = new JsonObject { [LeaseText.AgentAnnotation] = "" };
            l.Metadata()["ownerReferences"] = new JsonArray(Owner("ConfigMap", "c"), Owner("Node", "old"));
        });
        var agent = await harness.LeaderAsync("a");
        Assert.Equal("c old", Owners());
        agent.Lease.SetOwner("new");
        await harness.AdvanceUntilAsync(() => Owners() == "c new", TimeSpan.FromSeconds(0.5));
        agent.Lease.SetOwner(null);
        await harness.AdvanceUntilAsync(() => Owners() == "c", TimeSpan.FromSeconds(0.5));

        string Owners() => string.Join(' ', harness.Lease!.Value.ToNode()["metadata"]!["ownerReferences"]!.AsArray().Select(o => (string?)o!["uid"]));
        static JsonObject Owner(string kind, string uid) => new() { ["apiVersion"] = "v1", ["kind"] = kind, ["name"] = "x", ["uid"] = uid };
    }

    [Fact(Timeout = Deadline)]
    public async Task A_lease_that_was_given_back_is_taken_at_once()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        harness.Put(l =>
        {
            l["spec"]!["renewTime"] = "2026-01-02T03:04:05.000000Z";
            l.Metadata()["annotations"] = new JsonObject { ["other"] = "kept", [LeaseText.AgentAnnotation] = "" };
        });
        await harness.LeaderAsync("a");

        Assert.Equal("kept", (string?)harness.Lease!.Value.ToNode()["metadata"]!["annotations"]!["other"]);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_lease_that_a_kubelet_renews_is_never_taken_and_one_that_it_left_is_when_it_has_stood_still()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        Renew();
        var agent = harness.Start("a");
        for (var i = 0; i < 20; i++)
        {
            await harness.PassAsync(TimeSpan.FromSeconds(10), () => Assert.False(agent.IsLeading));
            Renew();
        }

        var left = harness.Time.GetUtcNow();
        await harness.AdvanceUntilAsync(() => agent.IsLeading, TimeSpan.FromSeconds(0.5));

        Assert.InRange((harness.Time.GetUtcNow() - left).TotalSeconds, 40, 50);

        void Renew() => harness.Put(l => l["spec"]!["renewTime"] = harness.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
    }

    [Fact(Timeout = Deadline)]
    public async Task What_others_write_into_the_lease_is_kept_and_the_agents_name_put_back()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var agent = await harness.LeaderAsync("a");
        harness.Put(l =>
        {
            l.Metadata()["annotations"] = new JsonObject();
            l.Metadata()["labels"] = new JsonObject { ["team"] = "hpc" };
        });
        await harness.AdvanceUntilAsync(() => harness.Holder == "a", TimeSpan.FromSeconds(0.5));

        Assert.Equal("hpc", (string?)harness.Lease!.Value.ToNode()["metadata"]!["labels"]!["team"]);
        Assert.Equal((true, 1), (agent.IsLeading, agent.Terms));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_renewal_has_five_tries_and_a_failed_one_is_followed_by_the_next()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var agent = await harness.LeaderAsync("a");
        harness.Server.Requests.Clear();
        harness.Server.Faults.Refuse(r => r.Verb == "update", new StatusException(500, "InternalError", "etcd"), times: 5);
        await harness.AdvanceUntilAsync(() => harness.Server.Requests.Count == 5, TimeSpan.FromSeconds(0.2));
        var failed = harness.Time.GetUtcNow();
        await harness.AdvanceUntilAsync(() => harness.Server.Requests.Count == 6, TimeSpan.FromSeconds(0.2));

        Assert.InRange((harness.Time.GetUtcNow() - failed).TotalSeconds, 9, 12);
        await harness.UntilAsync(() => agent.Lease.IsHeld);
        Assert.Equal(1, agent.Terms);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_conflict_is_answered_by_looking_at_once()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var agent = await harness.LeaderAsync("a");
        harness.Server.Requests.Clear();
        harness.Put(l => l.Metadata()["labels"] = new JsonObject { ["touched"] = "yes" });
        await harness.AdvanceUntilAsync(() => harness.Server.Requests.Count == 3, TimeSpan.FromSeconds(0.2));

        Assert.Equal(["update", "get", "update"], harness.Server.Requests.Select(r => r.Verb));
        Assert.True(agent.Lease.IsHeld);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_renewal_that_gets_no_answer_is_given_up_and_tried_again()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var agent = await harness.LeaderAsync("a");
        harness.Server.Faults.Hold(r => r.Verb == "update", new TaskCompletionSource().Task);
        harness.Server.Faults.LoseAnswer(r => r.Verb == "update");
        await harness.PassAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((true, 1), (agent.Lease.IsHeld, agent.Terms));
    }

    [Theory(Timeout = Deadline)]
    [InlineData(-24 * 3600)]
    [InlineData(-10)]
    [InlineData(365 * 24 * 3600)]
    public async Task A_clock_that_is_set_changes_nothing(int seconds)
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var agent = await harness.LeaderAsync("a");
        var other = harness.Start("b");
        await harness.PassAsync(TimeSpan.FromSeconds(15));
        var last = harness.RenewTime;
        var renewals = 0;
        agent.Clock.Offset = TimeSpan.FromSeconds(seconds);
        await harness.PassAsync(TimeSpan.FromSeconds(100), () =>
        {
            Assert.True(agent.Lease.IsHeld && !other.IsLeading);
            Assert.True(harness.RenewTime >= last);
            renewals += harness.RenewTime > last ? 1 : 0;
            last = harness.RenewTime;
        });

        Assert.InRange(renewals, 8, 10);
        agent.Clock.Offset = TimeSpan.Zero;
        await harness.PassAsync(TimeSpan.FromSeconds(60), () => Assert.True(agent.Lease.IsHeld && !other.IsLeading));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_lease_that_was_taken_while_the_answer_got_lost_is_known_as_ones_own()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        harness.Server.Faults.LoseAnswer(r => r.Verb == "create");
        var agent = harness.Start("a");
        await harness.AdvanceUntilAsync(() => agent.IsLeading, TimeSpan.FromSeconds(0.2));

        Assert.True(agent.Lease.IsHeld);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_api_server_that_comes_up_late_is_waited_for()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        harness.Server.Faults.Refuse(_ => true, new StatusException(503, "ServiceUnavailable", "starting"), times: 12);
        var agent = harness.Start("a");
        await harness.AdvanceUntilAsync(() => agent.IsLeading, TimeSpan.FromSeconds(0.5));

        Assert.InRange((harness.Time.GetUtcNow() - new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)).TotalSeconds, 20, 80);
    }

    [Fact(Timeout = Deadline)]
    public async Task The_lease_is_kept_until_the_last_work_has_ended_and_then_given_back()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var drained = new TaskCompletionSource();
        var leads = new TaskCompletionSource();
        var agent = harness.Start("a", async _ =>
        {
            leads.SetResult();
            await drained.Task;
        });
        await leads.Task;
        agent.Stop();
        await harness.PassAsync(TimeSpan.FromSeconds(60), () => Assert.True(agent.Lease.IsHeld && harness.Holder == "a"));
        drained.SetResult();
        await agent.Run.WaitAsync(LeaseHarness.Patience);

        Assert.Null(harness.Holder);
        Assert.NotNull(harness.Lease);
    }

    [Fact(Timeout = Deadline)]
    public async Task Work_that_fails_gives_the_lease_back_and_its_error_to_the_caller()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var agent = harness.Start("a", _ => throw new InvalidDataException("no"));

        await Assert.ThrowsAsync<InvalidDataException>(() => agent.Run.WaitAsync(LeaseHarness.Patience));
        Assert.Null(harness.Holder);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_server_that_does_not_answer_cannot_keep_an_agent_from_stopping()
    {
        await using var harness = await LeaseHarness.CreateAsync();
        var agent = await harness.LeaderAsync("a");
        harness.Server.Faults.Hold(_ => true, new TaskCompletionSource().Task, int.MaxValue);
        agent.Stop();
        await harness.AdvanceUntilAsync(() => agent.Run.IsCompleted, TimeSpan.FromSeconds(0.5));

        Assert.True(agent.Run.IsCompletedSuccessfully);
    }
}
