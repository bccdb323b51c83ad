namespace VirtualKubelet.Kubelet.Server.Health;

/// <summary>The sync loop turned within five minutes or twice its period, whichever is longer (kubelet <c>SyncLoopHealthCheck</c>).</summary>
internal sealed class SyncLoopCheck(ISyncLoop loop, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMinutes(5);

    public string Name => "syncloop";

    public string? FindFault()
    {
        var patience = loop.Period * 2 > LeastPatience ? loop.Period * 2 : LeastPatience;
        return time.GetUtcNow() - loop.LastTurn > patience ? "sync Loop took longer than expected" : null;
    }
}
