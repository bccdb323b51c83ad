using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Controllers.Tests.Informers;

public sealed class ObjectWatchesTests
{
    private const int Deadline = 60_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly ObjectKey Settings = new("default", "settings");

    private readonly ConcurrentQueue<ObjectKey> _changed = new();

    [Fact(Timeout = Deadline)]
    public async Task All_users_of_an_object_share_one_watch_which_ends_with_the_last_of_them()
    {
        await using var harness = await InformerHarness.CreateAsync();
        Put(harness, "v1");
        await using var watches = Open(harness);
        var first = watches.Use(Settings);
        using var second = watches.Use(Settings);
        using var other = watches.Use(new ObjectKey("default", "other"));
        Assert.Equal("v1", (await first.WaitAsync(CancellationToken.None).WaitAsync(Patience)).Object!.Data!["key"]);
        Assert.True((await other.WaitAsync(CancellationToken.None).WaitAsync(Patience)).IsMissing);
        await harness.Server.Watches.WaitForCountAsync(2, CancellationToken.None).WaitAsync(Patience);

        first.Dispose();
        first.Dispose();
        Put(harness, "v2");
        await harness.UntilAsync(() => second.State.Object!.Data!["key"] == "v2");
        Assert.Equal(2, watches.Count);
        second.Dispose();
        await harness.Server.Watches.WaitForCountAsync(1, CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(1, watches.Count);

        // Each about one object only: a node may not ask for more.
        Assert.All(harness.Server.Requests, r => Assert.Equal(("default", true), (r.Route!.Namespace, r.Query["fieldSelector"].ToString().StartsWith("metadata.name=", StringComparison.Ordinal))));
        using var again = watches.Use(Settings);
        Assert.Equal("v2", (await again.WaitAsync(CancellationToken.None).WaitAsync(Patience)).Object!.Data!["key"]);
    }

    [Fact(Timeout = Deadline)]
    public async Task Who_waits_for_a_missing_object_is_woken_when_it_appears_and_when_it_goes()
    {
        await using var harness = await InformerHarness.CreateAsync();
        await using var watches = Open(harness);
        using var use = watches.Use(Settings);
        Assert.True((await use.WaitAsync(CancellationToken.None).WaitAsync(Patience)).IsMissing);
        await harness.UntilAsync(() => !_changed.IsEmpty);
        _changed.Clear();

        Put(harness, "v1");
        await harness.UntilAsync(() => _changed.Contains(Settings));
        Assert.NotNull(use.State.Object);
        _changed.Clear();
        harness.Store.Delete(new StoreKey(ResourceTypes.ConfigMaps, "default", "settings"));
        await harness.UntilAsync(() => _changed.Contains(Settings));
        Assert.True(use.State.IsMissing);
    }

    [Fact(Timeout = Deadline)]
    public async Task Right_after_a_pod_is_bound_the_right_to_read_its_objects_may_come_a_moment_late()
    {
        await using var harness = await InformerHarness.CreateAsync();
        Put(harness, "v1");
        harness.Server.Faults.Refuse(_ => true, new StatusException(403, "Forbidden", "no relationship found between node and this object"), times: 2);
        await using var watches = Open(harness);
        using var use = watches.Use(Settings);
        await harness.UntilAsync(() => use.State.Error?.Kind == ApiErrorKind.Forbidden);
        Assert.False(use.State.IsKnown || use.State.IsMissing);

        await harness.AdvanceUntilAsync(TimeSpan.FromMilliseconds(200), () => use.State is { IsKnown: true, Error: null });
    }

    [Fact(Timeout = Deadline)]
    public async Task Objects_beyond_the_bound_are_looked_at_now_and_then_and_the_next_watch_is_for_whoever_comes()
    {
        await using var harness = await InformerHarness.CreateAsync();
        Put(harness, "v1");
        await using var watches = Open(harness, new() { MaxWatches = 1 });
        var watched = watches.Use(new ObjectKey("default", "first"));
        var polled = watches.Use(Settings);
        Assert.Equal("v1", (await polled.WaitAsync(CancellationToken.None).WaitAsync(Patience)).Object!.Data!["key"]);
        await harness.Server.Watches.WaitForCountAsync(1, CancellationToken.None).WaitAsync(Patience);

        Put(harness, "v2");
        harness.Server.Faults.Refuse(r => r.Verb == "get", new StatusException(500, "InternalError", "no"));
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(5), () => polled.State.Object!.Data!["key"] == "v2");
        harness.Store.Delete(new StoreKey(ResourceTypes.ConfigMaps, "default", "settings"));
        await harness.AdvanceUntilAsync(TimeSpan.FromSeconds(5), () => polled.State.IsMissing);

        // A silent watch may have been dropped meanwhile and be on its way back.
        await harness.Server.Watches.WaitForCountAsync(1, CancellationToken.None).WaitAsync(Patience);
        watched.Dispose();
        polled.Dispose();
        await harness.Server.Watches.WaitForCountAsync(0, CancellationToken.None).WaitAsync(Patience);
        using var next = watches.Use(Settings);
        await harness.Server.Watches.WaitForCountAsync(1, CancellationToken.None).WaitAsync(Patience);
    }

    [Fact(Timeout = Deadline)]
    public async Task Closing_ends_all_watches_and_leaves_nothing_to_use()
    {
        await using var harness = await InformerHarness.CreateAsync();
        var watches = Open(harness);
        using var use = watches.Use(Settings);
        await harness.Server.Watches.WaitForCountAsync(1, CancellationToken.None).WaitAsync(Patience);
        await watches.DisposeAsync();
        await harness.Server.Watches.WaitForCountAsync(0, CancellationToken.None).WaitAsync(Patience);
        Assert.Throws<ObjectDisposedException>(() => watches.Use(Settings));
    }

    private ObjectWatches<ConfigMap> Open(InformerHarness harness, ObjectWatchOptions? options = null)
    {
        var watches = new ObjectWatches<ConfigMap>(harness.Client, ApiResources.ConfigMaps, options ?? new(), harness.Time, NullLogger.Instance);
        watches.Changed += _changed.Enqueue;
        return watches;
    }

    private static void Put(InformerHarness harness, string value) =>
        harness.Store.Put(ResourceTypes.ConfigMaps, $$$"""{"metadata":{"name":"settings"},"data":{"key":"{{{value}}}"}}""");
}
