using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Jobs;

namespace VirtualKubelet.Providers.Slurm.Tests.Jobs;

public sealed class StatusFeedTests
{
    private readonly StatusFeed _feed = new();

    [Fact(Timeout = 30_000)]
    public async Task A_reader_gets_what_stands_then_each_change()
    {
        await using var reader = _feed.ReadAsync(() => [Status("a", "1")], CancellationToken.None).GetAsyncEnumerator();

        Assert.Equal(("a", "1"), await NextAsync(reader));
        _feed.Publish(Status("a", "2"));
        Assert.Equal(("a", "2"), await NextAsync(reader));
        _feed.Publish(Status("b", "1"));
        Assert.Equal(("b", "1"), await NextAsync(reader));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_slow_reader_holds_one_status_a_workload_and_gets_the_latest()
    {
        await using var slow = _feed.ReadAsync(() => [Status("a", "0"), Status("b", "0")], CancellationToken.None).GetAsyncEnumerator();
        await NextAsync(slow);
        for (var i = 1; i <= 1000; i++)
        {
            _feed.Publish(Status("a", $"{i}"));
            _feed.Publish(Status("b", $"{i}"));
        }

        Assert.Equal(("b", "1000"), await NextAsync(slow));
        Assert.Equal(("a", "1000"), await NextAsync(slow));
        var next = slow.MoveNextAsync();
        Assert.False(next.IsCompleted);
        _feed.Publish(Status("end", "1"));
        Assert.True(await next);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_that_leaves_does_not_disturb_the_others()
    {
        using var leaving = new CancellationTokenSource();
        await using var stays = _feed.ReadAsync(() => [Status("a", "0")], CancellationToken.None).GetAsyncEnumerator();
        await using var leaves = _feed.ReadAsync(() => [Status("a", "0")], leaving.Token).GetAsyncEnumerator(leaving.Token);
        await NextAsync(stays);
        await NextAsync(leaves);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await leaves.MoveNextAsync());
        _feed.Publish(Status("a", "1"));

        Assert.Equal(("a", "1"), await NextAsync(stays));
    }

    private static WorkloadStatus Status(string uid, string phase) => new() { Id = new("ns", "pod", uid), Status = new PodStatus { Phase = phase } };

    private static async Task<(string, string?)> NextAsync(IAsyncEnumerator<WorkloadStatus> reader)
    {
        Assert.True(await reader.MoveNextAsync());
        return (reader.Current.Id.Uid, reader.Current.Status.Phase);
    }
}
