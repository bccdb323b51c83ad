using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.State;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>
/// The end of the pod before its containers' own: first politely, then firmly. The first request says why;
/// each further one may only bring the firm end nearer.
/// </summary>
internal sealed class PodStop : IDisposable
{
    // Timers take no more than 49 days.
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(40);
    private readonly PodBoard board;
    private readonly TimeProvider time;
    private readonly Journal journal;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource killing = new();
    private readonly ITimer killTimer;
    private long? killAt;
    private bool closed;

    public PodStop(PodBoard board, TimeProvider time, Journal journal)
    {
        this.board = board;
        this.time = time;
        this.journal = journal;
        killTimer = time.CreateTimer(_ => GraceOver(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when containers get SIGTERM and none is started any more.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Cancelled when containers get SIGKILL.</summary>
    public CancellationToken Killing => killing.Token;

    /// <summary>Asks for the end.</summary>
    /// <param name="reason">One of <see cref="PodStopReasons"/>; the first request's counts.</param>
    /// <param name="message">The same for people; null says nothing.</param>
    /// <param name="grace">From now to SIGKILL; zero kills at once.</param>
    public void Request(string reason, string? message, TimeSpan grace)
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            Announce(reason, message, grace);
            BringNearer(grace < LongestGrace ? grace : LongestGrace);

            // The callbacks run elsewhere, not under the lock.
            _ = stopping.CancelAsync();
        }
    }

    /// <summary>The containers have ended: what is asked for from now on has nothing to end, and says nothing about why they did.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
        }
    }

    public void Dispose()
    {
        Close();
        killTimer.Dispose();
        stopping.Dispose();
        killing.Dispose();
    }

    private void Announce(string reason, string? message, TimeSpan grace)
    {
        if (killAt is null)
        {
            journal.Report($"stopping the pod with {grace.TotalSeconds:0} s of grace: {reason}{(message is null ? "" : $" ({message})")}");
            board.Update(pod => pod with { Reason = reason, Message = message });
        }
    }

    private void BringNearer(TimeSpan grace)
    {
        var proposed = time.GetTimestamp() + (long)(grace.TotalSeconds * time.TimestampFrequency);
        if (killAt is { } planned && planned <= proposed)
        {
            return;
        }

        if (killAt is not null)
        {
            journal.Report($"the grace period now ends in {grace.TotalSeconds:0} s");
        }

        killAt = proposed;
        if (grace <= TimeSpan.Zero)
        {
            _ = killing.CancelAsync();
        }
        else
        {
            killTimer.Change(grace, Timeout.InfiniteTimeSpan);
        }
    }

    private void GraceOver()
    {
        lock (gate)
        {
            // A timer may fire while it is being disposed of.
            if (!closed)
            {
                _ = killing.CancelAsync();
            }
        }
    }
}
