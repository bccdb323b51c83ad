using System.Buffers;
using System.IO.Pipelines;
using VirtualKubelet.Logs.Reading;
using VirtualKubelet.Logs.Selecting;

namespace VirtualKubelet.Logs.Following;

/// <summary>A read that goes on while the container does, fed by the hot tail of its file, or by the file itself where the tail no longer reaches.</summary>
internal sealed class FollowRead : LogRead
{
    private readonly FollowHub _hub;
    private readonly string _path;
    private readonly FileTailer _tailer;
    private readonly Follower _follower;
    private readonly RecordSelector _selector;
    private readonly LogMetrics _metrics;
    private readonly CancellationToken _stopping;
    private int _disposed;

    private FollowRead(FollowHub hub, ILogSource source, LogSelection selection, LogMetrics metrics, CancellationToken stopping)
    {
        (_hub, _path, _metrics, _stopping) = (hub, source.Path, metrics, stopping);
        _follower = new Follower(source);
        _selector = new RecordSelector(selection, maxRecords: null);
        _tailer = hub.Acquire(_path);
        metrics.FollowOpened();
    }

    /// <summary>Finds the file's tailer and where to begin; a file that is not there yet is waited for by <see cref="CopyToAsync"/>.</summary>
    public static async Task<LogRead> OpenAsync(FollowHub hub, ILogSource source, LogSelection selection, LogMetrics metrics, CancellationToken stopping, CancellationToken cancellationToken)
    {
        var read = new FollowRead(hub, source, selection, metrics, stopping);
        try
        {
            await read.BeginAsync(selection.TailLines, cancellationToken);
            return read;
        }
        catch
        {
            await read.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task CopyToAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        using var waking = either.Token.UnsafeRegister(static s => ((AsyncSignal)s!).Raise(), _follower.Signal);
        while (!_selector.IsDone)
        {
            either.Token.ThrowIfCancellationRequested();
            var step = _tailer.Tail.Next(_follower);
            switch (step.Kind)
            {
                case TailStepKind.Wait:
                    await _follower.Signal.WaitAsync();
                    break;
                case TailStepKind.NextFile:
                    _selector.EndLongLine();
                    break;
                case TailStepKind.Ended:
                    return;
                default:
                    var written = await ShowAsync(step, output, either.Token);
                    if (!await FlushAsync(written, output, either.Token))
                    {
                        return;
                    }

                    break;
            }
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _tailer.Tail.Leave(_follower);
            _hub.Release(_path, _tailer);
            _metrics.FollowClosed();
        }

        return ValueTask.CompletedTask;
    }

    private async Task BeginAsync(long? tailLines, CancellationToken cancellationToken)
    {
        var ended = _follower.Source.HasEnded;
        await _tailer.RefreshAsync(cancellationToken);
        _tailer.Tail.Join(_follower);
        if (_follower.Generation is not { } generation)
        {
            if (ended)
            {
                throw new LogFileNotFoundException(_path);
            }

            return;
        }

        var length = _follower.Offset;
        var start = tailLines is { } lines ? await TailScanner.FindStartAsync(generation.File, lines, length, cancellationToken) : 0;
        await FormatProbe.CheckAsync(generation.File, start, length, isComplete: false, cancellationToken);
        _tailer.Tail.StartAt(_follower, start);
    }

    /// <summary>Puts the lines of a step into the pipe. The window goes back to the pool before the client is waited for: a stalled follower holds none.</summary>
    private async ValueTask<long> ShowAsync(TailStep step, PipeWriter output, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(step.Count);
        try
        {
            var count = _tailer.Tail.TryCopy(step, buffer.AsSpan(0, step.Count)) ? step.Count : await ReadFileAsync(step, buffer, cancellationToken);

            // Fewer bytes than were known: the file has just been truncated, and its tailer will say so.
            var end = count == step.Count ? step.End : WindowEnd.More;
            var (taken, written) = Process(buffer.AsSpan(0, count), end, output);
            _tailer.Tail.Advance(_follower, step, taken);
            return written;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> ReadFileAsync(TailStep step, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            var read = await step.Generation!.File.ReadFullyAsync(buffer.AsMemory(0, step.Count), step.Offset, cancellationToken);
            return step.Generation.IsTruncated ? 0 : read;
        }
        catch (ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new LogFollowerTooSlowException(_path);
        }
    }

    private (int Taken, long Written) Process(ReadOnlySpan<byte> window, WindowEnd end, PipeWriter output)
    {
        var cursor = new OutputCursor(output, OutputCursor.BlockFor(window.Length));
        var taken = _selector.Process(window, end, ref cursor);
        cursor.Complete();
        return (taken, cursor.Written);
    }

    private async ValueTask<bool> FlushAsync(long written, PipeWriter output, CancellationToken cancellationToken)
    {
        var readerIsThere = true;
        if (written > 0)
        {
            _metrics.BytesSent(written);
            readerIsThere = !(await output.FlushAsync(cancellationToken)).IsCompleted;
        }

        _tailer.Tail.Flushed(_follower);
        return readerIsThere;
    }
}
