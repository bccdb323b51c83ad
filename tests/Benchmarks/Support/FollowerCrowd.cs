using VirtualKubelet.Benchmarks.Agent;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>Many clients that follow one log, each over a connection of its own.</summary>
internal sealed class FollowerCrowd : IAsyncDisposable
{
    private const int OpenedAtOnce = 16;

    private readonly List<LogFollower> _followers = [];

    /// <summary>How many there are.</summary>
    public int Count => _followers.Count;

    /// <summary>Opens all follows.</summary>
    public static async Task<FollowerCrowd> OpenAsync(HttpClient client, RunningPod pod, int count, CancellationToken cancellationToken)
    {
        var crowd = new FollowerCrowd();
        foreach (var some in Enumerable.Range(0, count).Chunk(OpenedAtOnce))
        {
            crowd._followers.AddRange(await Task.WhenAll(some.Select(_ => LogFollower.OpenAsync(client, pod.LogPath, cancellationToken))));
        }

        return crowd;
    }

    /// <summary>Completes when each of them has that many bytes.</summary>
    public Task ReachedAsync(long bytes, CancellationToken cancellationToken) =>
        Task.WhenAll(_followers.Select(f => f.ReachedAsync(bytes, cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var follower in _followers)
        {
            await follower.DisposeAsync();
        }
    }
}
