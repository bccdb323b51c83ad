using System.Threading.Channels;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.State;

/// <summary>
/// Brings the board to <c>state.json</c>: a change is on disk within about 100 ms, and changes that come together cost one write,
/// because each one is an fsync on a shared file system.
/// </summary>
internal sealed class StatePublisher : IDisposable
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // One pending mark says it all: the next write takes whatever the board holds then.
    private readonly Channel<bool> marks = System.Threading.Channels.Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PodBoard board;
    private readonly string path;
    private readonly TimeProvider time;
    private readonly Journal journal;
    private readonly CancellationTokenSource ending = new();
    private Task loop = Task.CompletedTask;
    private long sequence;

    /// <param name="board">What is published.</param>
    /// <param name="path">The file.</param>
    /// <param name="lastSequence">The highest sequence that has ever been written to it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="journal">Where failures are told.</param>
    public StatePublisher(PodBoard board, string path, long lastSequence, TimeProvider time, Journal journal)
    {
        this.board = board;
        this.path = path;
        this.time = time;
        this.journal = journal;
        sequence = lastSequence;
    }

    /// <summary>Writes the first state, then every change until <see cref="FinishAsync"/>.</summary>
    /// <exception cref="ShimException">The first state cannot be written; nothing has been started yet.</exception>
    public void Start()
    {
        try
        {
            Write();
        }
        catch (Exception e) when (IsDiskFailure(e))
        {
            throw new ShimException(ShimExitCodes.Io, $"cannot write {path}: {e.Message}");
        }

        board.Changed += () => marks.Writer.TryWrite(true);
        loop = RunAsync(ending.Token);
    }

    /// <summary>Writes the last state, trying for up to <paramref name="bound"/>; says whether it is on disk.</summary>
    public async Task<bool> FinishAsync(TimeSpan bound)
    {
        await ending.CancelAsync();
        await loop;
        var started = time.GetTimestamp();
        while (!TryWrite())
        {
            if (time.GetElapsedTime(started) > bound)
            {
                return false;
            }

            await Task.Delay(RetryAfter, time);
        }

        return true;
    }

    public void Dispose() => ending.Dispose();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await marks.Reader.WaitToReadAsync(cancellationToken))
            {
                await Task.Delay(Gather, time, cancellationToken);
                marks.Reader.TryRead(out _);
                if (!TryWrite())
                {
                    await Task.Delay(RetryAfter, time, cancellationToken);
                    marks.Writer.TryWrite(true);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // FinishAsync writes what is left.
        }
    }

    private bool TryWrite()
    {
        try
        {
            Write();
            return true;
        }
        catch (Exception e) when (IsDiskFailure(e))
        {
            journal.Report($"cannot write {path}, trying again: {e.Message}");
            return false;
        }
    }

    private void Write() => AtomicFile.WriteJson(path, board.Current with { Sequence = ++sequence }, ShimJson.Files.PodState);

    private static bool IsDiskFailure(Exception e) => e is IOException or UnauthorizedAccessException;
}
