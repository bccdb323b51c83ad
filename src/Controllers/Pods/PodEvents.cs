using System.Threading.Channels;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>
/// Collects what wakes the sync loop in one bounded channel. When it is full those who write wait: the source is read more slowly, and the
/// provider merges states for a slow reader, so nothing is lost.
/// </summary>
internal sealed class PodEvents(IPodSource source, ProviderCalls provider, PodControllerOptions options, TimeProvider time)
{
    private const int Capacity = 1024;
    private static readonly TimeSpan TurnInterval = TimeSpan.FromSeconds(1);

    private readonly Channel<PodInput> _channel = Channel.CreateBounded<PodInput>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>What the sync loop reads.</summary>
    public ChannelReader<PodInput> Reader => _channel.Reader;

    /// <summary>Follows the pod source.</summary>
    public async Task FollowSourceAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(new PodInput.SourceBegins(), cancellationToken);
        await foreach (var news in source.WatchAsync(cancellationToken).WithCancellation(cancellationToken))
        {
            await WriteAsync(new PodInput.Source(news), cancellationToken);
        }
    }

    /// <summary>Follows the provider: a complete list, taken while the watch already runs so that nothing falls between them, then changes.</summary>
    public async Task FollowProviderAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var changes = provider.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        var next = changes.MoveNextAsync().AsTask();
        try
        {
            await ListAsync(cancellationToken);
            while (await next)
            {
                await WriteAsync(new PodInput.Reported(changes.Current), cancellationToken);
                next = changes.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator may be disposed only when no step of it is under way.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Lists the provider's workloads every now and then.</summary>
    public async Task ResyncAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(options.ResyncInterval, time, cancellationToken);
            await ListAsync(cancellationToken);
        }
    }

    /// <summary>Keeps the loop turning.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(TurnInterval, time, cancellationToken);

            // A full channel keeps the loop turning without it.
            _channel.Writer.TryWrite(new PodInput.Tick());
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var askedAt = time.GetTimestamp();
        IReadOnlyList<WorkloadStatus> all = await provider.ListAsync(cancellationToken);
        await WriteAsync(new PodInput.Listed(all, askedAt), cancellationToken);
    }

    private ValueTask WriteAsync(PodInput input, CancellationToken cancellationToken) => _channel.Writer.WriteAsync(input, cancellationToken);
}
