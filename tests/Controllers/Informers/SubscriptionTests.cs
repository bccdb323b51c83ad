using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Tests.Informers;

public sealed class SubscriptionTests
{
    private const int Deadline = 20_000;
    private readonly Subscription<Pod> _subscription = new();

    [Fact(Timeout = Deadline)]
    public async Task A_slow_consumer_gets_the_latest_state_of_each_object_once()
    {
        for (var i = 0; i < 1000; i++)
        {
            Set("a", $"{i}");
            Set("b", $"{i}");
        }

        _subscription.MarkSynced(1);
        await using var told = Read();
        Assert.Equal(["+a 999", "+b 999", "synced 1"], await TakeAsync(told, 3));
        Set("b", "1000");
        Set("a", "1000");
        Set("b", "1001");
        Assert.Equal(["b 999 > 1001", "a 999 > 1000"], await TakeAsync(told, 2));
    }

    [Fact(Timeout = Deadline)]
    public async Task What_came_and_went_unseen_is_not_told_and_costs_nothing()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Set($"short-{i}", "1");
            _subscription.Remove(Key($"short-{i}"), State($"short-{i}", "2"), true);
        }

        Set("stays", "1");
        await using var told = Read();
        Assert.Equal(["+stays 1"], await TakeAsync(told, 1));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_namesake_is_an_end_and_a_beginning_however_many_there_were()
    {
        Set("a", "1", uid: "one");
        await using var told = Read();
        await TakeAsync(told, 1);
        Set("a", "2", uid: "one");
        _subscription.Remove(Key("a"), State("a", "3", "one"), true);
        Set("a", "4", uid: "two");
        _subscription.Remove(Key("a"), State("a", "5", "two"), true);
        Set("a", "6", uid: "three");
        Assert.Equal(["-a 3", "+a 6"], await TakeAsync(told, 2));

        // Nobody saw the third go.
        Set("a", "7", uid: "three");
        Set("a", "8", uid: "four");
        Assert.Equal(["-a 7 ?", "+a 8"], await TakeAsync(told, 2));
        _subscription.Remove(Key("a"), State("a", "9", "four"), false);
        Assert.Equal(["-a 9 ?"], await TakeAsync(told, 1));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_list_is_complete_only_after_all_it_showed_was_told()
    {
        Set("a", "1");
        _subscription.MarkSynced(1);
        Set("b", "1");
        _subscription.MarkSynced(2);
        Set("a", "2");
        await using var told = Read();
        Assert.Equal(["+a 2", "+b 1", "synced 2"], await TakeAsync(told, 3));
    }

    private IAsyncEnumerator<InformerEvent<Pod>> Read() => _subscription.ReadAsync(CancellationToken.None).GetAsyncEnumerator();

    private void Set(string name, string version, string uid = "u") => _subscription.Set(Key(name), State(name, version, uid));

    private static ObjectKey Key(string name) => new("default", name);

    private static Pod State(string name, string version, string uid = "u") =>
        new() { Metadata = new() { Namespace = "default", Name = name, Uid = uid, ResourceVersion = version } };

    private static async Task<List<string>> TakeAsync(IAsyncEnumerator<InformerEvent<Pod>> told, int count)
    {
        var texts = new List<string>();
        while (texts.Count < count)
        {
            Assert.True(await told.MoveNextAsync());
            texts.Add(told.Current switch
            {
                InformerEvent<Pod>.Added added => $"+{added.Object.Metadata.Name} {added.Object.Metadata.ResourceVersion}",
                InformerEvent<Pod>.Updated updated => $"{updated.Object.Metadata.Name} {updated.Before.Metadata.ResourceVersion} > {updated.Object.Metadata.ResourceVersion}",
                InformerEvent<Pod>.Deleted deleted => $"-{deleted.Last.Metadata.Name} {deleted.Last.Metadata.ResourceVersion}{(deleted.IsLastStateKnown ? "" : " ?")}",
                InformerEvent<Pod>.Synced synced => $"synced {synced.ListGeneration}",
                var other => other.ToString(),
            });
        }

        return texts;
    }
}
