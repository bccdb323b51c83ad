using System.Diagnostics;

namespace VirtualKubelet.Testing.Streaming;

/// <summary>No test waits longer, however busy the machine.</summary>
public static class StreamDeadline
{
    public const int Milliseconds = 120_000;

    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(30);

    private static Current s_current = new();

    /// <summary>A token that is cancelled after at least three quarters of the time; calls that come close together share one, as each holds a timer.</summary>
    public static CancellationToken Token()
    {
        if (Stopwatch.GetElapsedTime(s_current.Created) > s_renewal)
        {
            s_current = new Current();
        }

        return s_current.Source.Token;
    }

    private sealed class Current
    {
        public long Created { get; } = Stopwatch.GetTimestamp();

        public CancellationTokenSource Source { get; } = new(Milliseconds);
    }
}
