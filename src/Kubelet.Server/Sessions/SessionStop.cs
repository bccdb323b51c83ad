using VirtualKubelet.Kubelet.Server.Hosting;

namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>The end of all sessions when the server stops, in steps, so that each client hears of it and none holds the server up.</summary>
internal sealed class SessionStop : IDisposable
{
    private readonly CancellationTokenSource _calls;
    private readonly CancellationTokenSource _sessions;
    private readonly CancellationTokenRegistration _start;

    public SessionStop(TimeProvider time, CancellationToken stopping)
    {
        Stopping = stopping;
        _calls = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _sessions = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _start = stopping.Register(() =>
        {
            _calls.CancelAfter(ServerLimits.StoppedCall);
            _sessions.CancelAfter(ServerLimits.StoppedSession);
        });
    }

    /// <summary>The server stops: what runs is to end.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>What still runs is waited for no longer.</summary>
    public CancellationToken CallsGivenUp => _calls.Token;

    /// <summary>Clients that still have not taken their last words are cut.</summary>
    public CancellationToken SessionsGivenUp => _sessions.Token;

    public void Dispose()
    {
        _start.Dispose();
        _calls.Dispose();
        _sessions.Dispose();
    }
}
