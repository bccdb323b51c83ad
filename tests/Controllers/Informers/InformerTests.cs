using System.Globalization;
using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.Informers;

public sealed class InformerTests
{
    private const int Deadline = 120_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact(Timeout = Deadline)]
    public async Task Every_pod_of_the_node_and_no_other_is_listed_and_then_followed()
    {
        await using var harness = await InformerHarness.CreateAsync();
        harness.Put("a");
        harness.Put("b", node: "other");
        await using var told = harness.Informer.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        await harness.StartAsync();

        Assert.Equal("a", Assert.IsType<InformerEvent<Pod>.Added>(await NextAsync(told)).Object.Metadata.Name);
        Assert.Equal(1, Assert.IsType<InformerEvent<Pod>.Synced>(await NextAsync(told)).ListGeneration);
        harness.Put("a", image: "nginx");
        var updated = Assert.IsType<InformerEvent<Pod>.Updated>(await NextAsync(told));
        Assert.Equal(("busybox", "nginx"), (updated.Before.Spec.Containers![0].Image, updated.Object.Spec.Containers![0].Image));
        harness.Put("c");
        Assert.IsType<InformerEvent<Pod>.Added>(await NextAsync(told));
        harness.Store.Delete(InformerHarness.Key("a"));
        var deleted = Assert.IsType<InformerEvent<Pod>.Deleted>(await NextAsync(told));
        Assert.Equal(("a", true), (deleted.Last.Metadata.Name, deleted.IsLastStateKnown));
        Assert.Equal("c=busybox", harness.Seen());
        Assert.Equal(1, harness.Informer.Snapshot.ListGeneration);
        Assert.All(harness.Server.Requests, r => Assert.Equal("spec.nodeName=virtual-0", r.Query["fieldSelector"]));

        // What is old may be wrong: the list is the latest agreed state, not one from a server's memory.
        Assert.Empty(harness.Lists.Single().Query["resourceVersion"].ToString());
    }

    [Fact(Timeout = Deadline)]
    public async Task The_server_is_asked_to_end_watches_after_five_to_ten_minutes_and_then_they_go_on_at_once()
    {
        await using var harness = await InformerHarness.CreateAsync();
        var first = await harness.StartAsync();
        harness.Put("a");
        await harness.UntilAsync(() => harness.Seen().Length > 0);
        first.End();
        await harness.Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None, first).WaitAsync(Patience);

        Assert.All(harness.WatchRequests, r => Assert.InRange(int.Parse(r.Query["timeoutSeconds"]!, CultureInfo.InvariantCulture), 300, 600));
        Assert.Equal(harness.Store.Version.ToString(CultureInfo.InvariantCulture), harness.WatchRequests[1].Query["resourceVersion"]);
        Assert.Single(harness.Lists);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_broken_watch_is_resumed_where_it_broke_and_nothing_is_missed()
    {
        await using var harness = await InformerHarness.CreateAsync();
        var session = await harness.StartAsync();
        harness.Put("a");
        await harness.UntilAsync(() => harness.Seen() == "a=busybox");
        session.Drop();
        await harness.Server.Watches.WaitForCountAsync(0, CancellationToken.None).WaitAsync(Patience);
        harness.Put("b");
        harness.Store.Delete(InformerHarness.Key("a"));
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Seen() == "b=busybox");

        Assert.Single(harness.Lists);
    }

    [Fact(Timeout = Deadline)]
    public async Task Half_an_event_is_not_taken_in_and_comes_whole_after_the_resumption()
    {
        await using var harness = await InformerHarness.CreateAsync();
        var session = await harness.StartAsync();
        session.Send("""{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"ghost","namespace":"default","resourceVersion":"9999"}""");
        session.End();
        await harness.NextWatchAsync(session);
        harness.Put("a");
        await harness.UntilAsync(() => harness.Seen() == "a=busybox");

        Assert.Single(harness.Lists);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_bookmark_moves_the_point_of_resumption_past_a_compaction()
    {
        await using var harness = await InformerHarness.CreateAsync();
        var session = await harness.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            harness.Store.Tick();
        }

        session.Bookmark();
        var version = harness.Store.Version.ToString(CultureInfo.InvariantCulture);
        await harness.UntilAsync(() => harness.Informer.Snapshot.ResourceVersion == version);
        harness.Store.Compact();
        session.Drop();
        await harness.NextWatchAsync(session);
        harness.Put("a");
        await harness.UntilAsync(() => harness.Seen() == "a=busybox");

        Assert.Single(harness.Lists);
    }

    [Theory(Timeout = Deadline)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_history_forgotten_under_the_watch_leads_to_a_new_list_that_finds_what_went_and_came(bool inHeader)
    {
        await using var harness = await InformerHarness.CreateAsync();
        harness.Put("gone");
        harness.Put("same");
        harness.Put("recreated", image: "old");
        await using var told = harness.Informer.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        var session = await harness.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            await NextAsync(told);
        }

        session.Drop();
        await harness.Server.Watches.WaitForCountAsync(0, CancellationToken.None).WaitAsync(Patience);
        harness.Store.Delete(InformerHarness.Key("gone"));
        harness.Store.Delete(InformerHarness.Key("recreated"));
        harness.Put("recreated", image: "new");
        harness.Put("new");
        harness.Store.Compact();
        if (inHeader)
        {
            harness.Server.Faults.Refuse(r => r.Verb == "watch", StatusException.Expired("too old resource version"));
        }

        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Informer.Snapshot.ListGeneration == 2);
        var changes = new List<string>();
        while (await NextAsync(told) is var next && next is not InformerEvent<Pod>.Synced)
        {
            changes.Add(next switch
            {
                InformerEvent<Pod>.Added added => $"+{added.Object.Metadata.Name}={added.Object.Spec.Containers![0].Image}",
                InformerEvent<Pod>.Deleted deleted => $"-{deleted.Last.Metadata.Name}={deleted.Last.Spec.Containers![0].Image} {deleted.IsLastStateKnown}",
                _ => next.ToString(),
            });
        }

        Assert.Equal(["+new=busybox", "+recreated=new", "-gone=busybox False", "-recreated=old False"], changes.Order(StringComparer.Ordinal));
        Assert.True(changes.FindIndex(c => c.StartsWith("-rec", StringComparison.Ordinal)) < changes.FindIndex(c => c.StartsWith("+rec", StringComparison.Ordinal)));
        Assert.Equal("new=busybox recreated=new same=busybox", harness.Seen());
    }

    [Fact(Timeout = Deadline)]
    public async Task A_watch_that_falls_silent_is_dropped_and_resumed()
    {
        await using var harness = await InformerHarness.CreateAsync();
        var session = await harness.StartAsync();
        harness.Put("a");
        await harness.UntilAsync(() => harness.Seen() == "a=busybox");
        session.Stall();
        harness.Put("b");
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(10), () => harness.Seen() == "a=busybox b=busybox");

        Assert.Single(harness.Lists);
        await harness.Server.Watches.WaitForCountAsync(1, CancellationToken.None).WaitAsync(Patience);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_watch_that_does_not_end_when_it_should_is_dropped_however_talkative()
    {
        await using var harness = await InformerHarness.CreateAsync();
        var session = await harness.StartAsync();
        var started = harness.Time.GetUtcNow();
        var next = harness.Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None, session);
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(5), () =>
        {
            harness.Store.Tick();
            session.Bookmark();
            return next.IsCompleted;
        });

        Assert.InRange(harness.Time.GetUtcNow() - started, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(12));
        Assert.Single(harness.Lists);
    }

    [Fact(Timeout = Deadline)]
    public async Task After_failures_the_wait_doubles_to_its_ceiling_and_begins_anew_after_a_watch_that_worked()
    {
        await using var harness = await InformerHarness.CreateAsync();
        var asked = new List<DateTimeOffset>();
        harness.Server.Faults.Refuse(
            r =>
            {
                asked.Add(harness.Time.GetUtcNow());
                return r.Verb == "list";
            },
            new StatusException(503, "ServiceUnavailable", "no"),
            times: 7);
        harness.Run();
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Server.Watches.Open.Count == 1);

        var waits = asked.Zip(asked.Skip(1), (a, b) => (b - a).TotalSeconds).ToArray();
        Assert.Equal(6, waits.Length);
        for (var i = 0; i < waits.Length; i++)
        {
            // How far the clock moves between a failure and its timer is not this test's to say.
            var full = Math.Min(0.8 * Math.Pow(2, i), 30);
            Assert.InRange(waits[i], full / 2, full + 20);
        }

        harness.Put("a");
        await harness.UntilAsync(() => harness.Seen().Length > 0);
        var before = harness.Time.GetUtcNow();
        await harness.NextWatchAsync(Drop(harness));
        Assert.InRange((harness.Time.GetUtcNow() - before).TotalSeconds, 0.4, 15);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_server_that_wants_to_be_left_alone_is()
    {
        await using var harness = await InformerHarness.CreateAsync();
        harness.Server.Faults.Refuse(r => r.Verb == "list", new StatusException(429, "TooManyRequests", "no") { RetryAfter = 60 });
        var cameBack = default(DateTimeOffset);
        harness.Server.Faults.Before(r => r.Verb == "list", () => cameBack = harness.Time.GetUtcNow());
        var began = harness.Time.GetUtcNow();
        harness.Run();
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Informer.HasSynced);
        Assert.True(cameBack - began >= TimeSpan.FromSeconds(60));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_missing_right_shows_in_the_health_and_is_used_once_it_is_granted()
    {
        await using var harness = await InformerHarness.CreateAsync();
        harness.Server.Faults.Refuse(_ => true, new StatusException(403, "Forbidden", "pods is forbidden"), times: int.MaxValue);
        harness.Run();
        await harness.UntilAsync(() => harness.Informer.Health.LastError is not null);
        Assert.Equal(ApiErrorKind.Forbidden, harness.Informer.Health.LastError!.Kind);
        Assert.False(harness.Informer.WaitForSyncAsync(CancellationToken.None).IsCompleted);
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Informer.Health.SinceLastContact > TimeSpan.FromMinutes(1));

        harness.Server.Faults.Clear();
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Informer.HasSynced);
        await harness.Informer.WaitForSyncAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Null(harness.Informer.Health.LastError);
        Assert.True(harness.Informer.Health.SinceLastContact < TimeSpan.FromMinutes(1));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_list_on_demand_begins_after_the_demand_and_interrupts_the_watch()
    {
        await using var harness = await InformerHarness.CreateAsync();
        harness.Put("a");
        var session = await harness.StartAsync();
        var uid = harness.Informer.Snapshot.Objects.Values.Single().Metadata.Uid!;
        session.Stall();
        harness.Store.Delete(InformerHarness.Key("a"));
        harness.Put("a");
        var key = new ObjectKey("default", "a");
        Assert.True(harness.Informer.Snapshot.Contains(key, uid));

        var first = await harness.Informer.RelistAsync(CancellationToken.None).WaitAsync(Patience);
        var second = await harness.Informer.RelistAsync(CancellationToken.None).WaitAsync(Patience);

        Assert.Equal((2, 3), (first.ListGeneration, second.ListGeneration));
        Assert.False(first.Contains(key, uid) || second.Contains(key, uid));
        Assert.NotNull(second.Find(key));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_list_on_demand_that_fails_is_tried_until_it_works()
    {
        await using var harness = await InformerHarness.CreateAsync();
        await harness.StartAsync();
        harness.Server.Faults.CutAnswer(r => r.Verb == "list", afterBytes: 20, times: 2);
        var relist = harness.Informer.RelistAsync(CancellationToken.None);
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => relist.IsCompleted);

        Assert.Equal(2, (await relist).ListGeneration);
        using var leaves = new CancellationTokenSource();
        harness.Server.Faults.Hold(r => r.Verb == "list", Task.Delay(Timeout.Infinite));
        var given = harness.Informer.RelistAsync(leaves.Token);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
    }

    [Fact(Timeout = Deadline)]
    public async Task Versions_that_go_back_are_another_history_and_lead_to_a_new_list()
    {
        await using var harness = await InformerHarness.CreateAsync();
        harness.Put("a");
        var session = await harness.StartAsync();
        session.Send("""{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"7"}}}""" + "\n");
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Informer.Snapshot.ListGeneration == 2);

        Assert.Equal("a=busybox", harness.Seen());
    }

    [Fact(Timeout = Deadline)]
    public async Task A_version_that_is_refused_again_and_again_is_given_up()
    {
        await using var harness = await InformerHarness.CreateAsync();
        harness.Server.Faults.Refuse(r => r.Verb == "watch", new StatusException(504, "Timeout", "Too large resource version: 1000, current: 7"), times: 3);
        harness.Run();
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => harness.Informer.Snapshot.ListGeneration == 2);

        // Three refused, and perhaps already the one after the list.
        Assert.InRange(harness.WatchRequests.Count, 3, 4);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_outage_of_the_server_is_sat_out()
    {
        await using var harness = await InformerHarness.CreateAsync();
        harness.Put("a");
        await harness.StartAsync();
        await harness.RestartServerAsync(async () =>
        {
            harness.Put("b");
            await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Informer.Health.SinceLastContact > TimeSpan.FromMinutes(2));
            Assert.Equal(ApiErrorKind.Unreachable, harness.Informer.Health.LastError!.Kind);
        });
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Seen() == "a=busybox b=busybox");
        Assert.Empty(harness.Lists);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_history_forgotten_in_an_outage_does_not_make_the_wait_longer()
    {
        await using var harness = await InformerHarness.CreateAsync();
        await harness.StartAsync();
        await harness.RestartServerAsync(() => harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => harness.Informer.Health.SinceLastContact > TimeSpan.FromMinutes(5)));
        harness.Put("a");
        harness.Store.Compact();
        var asked = default(DateTimeOffset);
        var listed = default(DateTimeOffset);
        harness.Server.Faults.Before(r => r.Verb == "watch", () => asked = harness.Time.GetUtcNow());
        harness.Server.Faults.Before(r => r.Verb == "list", () => listed = harness.Time.GetUtcNow());
        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => harness.Seen() == "a=busybox");

        Assert.InRange((listed - asked).TotalSeconds, 0.1, 8);
    }

    [Fact(Timeout = Deadline)]
    public async Task Whatever_goes_wrong_the_informer_and_its_consumer_end_where_the_server_is()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var harness = await InformerHarness.CreateAsync();
        var view = new Dictionary<ObjectKey, Pod>();
        using var stop = new CancellationTokenSource();
        var consumer = ConsumeAsync(harness.Informer, view, random.Next(), stop.Token);
        harness.Run();
        for (var round = 1; round <= 8; round++)
        {
            for (var i = 0; i < 60; i++)
            {
                Disturb(harness, random);
                await harness.Time.PassAsync(TimeSpan.FromSeconds(random.Next(3)), CancellationToken.None);
            }

            // However it stands, what happened since has to be found by a list.
            var lists = harness.Informer.Snapshot.ListGeneration;
            await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(2), () =>
            {
                Forget(harness);
                return harness.Informer.Snapshot.ListGeneration > lists;
            });
        }

        harness.Server.Faults.Clear();
        harness.Put("last");
        var expected = harness.Store.List(Selectors.Parse(ResourceTypes.Pods, "", "spec.nodeName=" + InformerHarness.Node, null)).Items
            .ToDictionary(p => p.Text("metadata.name")!, p => (p.Text("metadata.uid"), p.Text("metadata.resourceVersion")));
        bool Same(IEnumerable<Pod> pods) => pods.ToDictionary(p => p.Metadata.Name!, p => (p.Metadata.Uid, p.Metadata.ResourceVersion)) is var seen
            && seen.Count == expected.Count && seen.All(p => expected.TryGetValue(p.Key, out var there) && there == p.Value);
        try
        {
            await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => Same(harness.Informer.Snapshot.Objects.Values));
            await harness.UntilAsync(() =>
            {
                lock (view)
                {
                    return consumer.IsCompleted || Same(view.Values);
                }
            });
        }
        catch (OperationCanceledException e)
        {
            throw new InvalidOperationException($"seed {seed}: the informer has {harness.Seen()}", e);
        }

        await stop.CancelAsync();
        await consumer;
    }

    private static void Disturb(InformerHarness harness, Random random)
    {
        var name = $"pod-{random.Next(12)}";
        var session = harness.Server.Watches.Open is [var open, ..] ? open : null;
        switch (random.Next(24))
        {
            case < 8:
                harness.Put(name, image: $"i{random.Next(1000)}");
                break;
            case < 12:
                harness.Store.Delete(InformerHarness.Key(name));
                break;
            case 12:
                harness.Put(name, node: "other");
                break;
            case 13:
                session?.Drop();
                break;
            case 14:
                session?.End();
                break;
            case 15:
                session?.Bookmark();
                break;
            case 16:
                session?.Send("""{"type":"ADDED","object":{"metadata":{"name":"ghost","na""");
                session?.Drop();
                break;
            case 17:
                session?.Stall();
                break;
            case 18:
                Forget(harness);
                break;
            case 19:
                harness.Server.Faults.Refuse(_ => true, new StatusException(429, "TooManyRequests", "no") { RetryAfter = 1 });
                break;
            case 20:
                harness.Server.Faults.Refuse(_ => true, new StatusException(500, "InternalError", "no"));
                break;
            case 21:
                harness.Server.Faults.CutAnswer(r => r.Verb == "list", random.Next(500));
                break;
            case 22:
                harness.Server.Faults.Drop(_ => true);
                break;
            default:
                harness.Server.Faults.Answer(r => r.Verb == "watch", 200, "<html>\n");
                break;
        }
    }

    private static void Forget(InformerHarness harness)
    {
        harness.Store.Tick();
        harness.Store.Compact();
        foreach (var session in harness.Server.Watches.Open)
        {
            session.Drop();
        }
    }

    // Keeps its own view by nothing but what it is told, and checks that each event fits what it was told before.
    private static async Task ConsumeAsync(Informer<Pod> informer, Dictionary<ObjectKey, Pod> view, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        try
        {
            await foreach (var news in informer.WatchAsync(cancellationToken))
            {
                Assert.False(IsBehind(informer.Snapshot, news));
                lock (view)
                {
                    Take(view, news);
                }

                await Task.Delay(random.Next(3), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    // What was told is in the snapshot, or something newer is.
    private static bool IsBehind(InformerSnapshot<Pod> snapshot, InformerEvent<Pod> news) => news switch
    {
        InformerEvent<Pod>.Added added => IsBehind(snapshot, added.Object),
        InformerEvent<Pod>.Updated updated => IsBehind(snapshot, updated.Object),
        InformerEvent<Pod>.Deleted deleted => IsBehind(snapshot, deleted.Last),
        InformerEvent<Pod>.Synced synced => snapshot.ListGeneration < synced.ListGeneration,
        _ => false,
    };

    private static bool IsBehind(InformerSnapshot<Pod> snapshot, Pod told) =>
        ulong.Parse(snapshot.ResourceVersion, CultureInfo.InvariantCulture) < ulong.Parse(told.Metadata.ResourceVersion!, CultureInfo.InvariantCulture);

    private static void Take(Dictionary<ObjectKey, Pod> view, InformerEvent<Pod> news)
    {
        switch (news)
        {
            case InformerEvent<Pod>.Added added:
                Assert.True(view.TryAdd(ObjectKey.Of(added.Object), added.Object));
                break;
            case InformerEvent<Pod>.Updated updated:
                Assert.Same(view[ObjectKey.Of(updated.Object)], updated.Before);
                Assert.Equal(updated.Before.Metadata.Uid, updated.Object.Metadata.Uid);
                view[ObjectKey.Of(updated.Object)] = updated.Object;
                break;
            case InformerEvent<Pod>.Deleted deleted:
                Assert.True(view.Remove(ObjectKey.Of(deleted.Last), out var known));
                Assert.Equal(known.Metadata.Uid, deleted.Last.Metadata.Uid);
                break;
            default:
                break;
        }
    }

    private static Testing.ApiServer.Scripting.WatchSession Drop(InformerHarness harness)
    {
        var session = harness.Server.Watches.Open.Single();
        session.Drop();
        return session;
    }

    private static async Task<InformerEvent<Pod>> NextAsync(IAsyncEnumerator<InformerEvent<Pod>> told)
    {
        Assert.True(await told.MoveNextAsync().AsTask().WaitAsync(Patience));
        return told.Current;
    }
}
