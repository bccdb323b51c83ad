using System.Buffers;
using System.IO.Pipelines;
using VirtualKubelet.Logs.Files;
using VirtualKubelet.Logs.Selecting;

namespace VirtualKubelet.Logs.Reading;

/// <summary>A read that ends where the file ended when it was opened, at the next end of a line: a writer faster than the client cannot keep it going.</summary>
internal sealed class FileRead : LogRead
{
    private readonly LogFile _file;
    private readonly RecordSelector _selector;
    private readonly LogOptions _options;
    private readonly LogMetrics _metrics;
    private readonly long _snapshot;
    private long _position;

    private FileRead(LogFile file, RecordSelector selector, long start, long snapshot, LogOptions options, LogMetrics metrics)
    {
        (_file, _selector, _position, _snapshot, _options, _metrics) = (file, selector, start, snapshot, options, metrics);
    }

    /// <summary>Opens the file, finds where to begin and recognises its format.</summary>
    public static async Task<LogRead> OpenAsync(string path, LogSelection selection, LogOptions options, LogMetrics metrics, CancellationToken cancellationToken)
    {
        var file = LogFile.Open(path);
        try
        {
            var length = file.Length;
            var start = selection.TailLines is { } lines ? await TailScanner.FindStartAsync(file, lines, length, cancellationToken) : 0;
            if (selection.TailLines != 0)
            {
                await FormatProbe.CheckAsync(file, start, length, isComplete: true, cancellationToken);
            }

            return new FileRead(file, new RecordSelector(selection, selection.TailLines), start, length, options, metrics);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task CopyToAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(_options.ReadBufferBytes);
        try
        {
            await CopyAsync(buffer.AsMemory(0, _options.ReadBufferBytes), output, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task CopyAsync(Memory<byte> buffer, PipeWriter output, CancellationToken cancellationToken)
    {
        var kept = 0;
        var isLast = false;
        while (!isLast && !_selector.IsDone)
        {
            (var read, isLast) = await FillAsync(buffer[kept..], kept, cancellationToken);
            var window = buffer[..(kept + read)];
            var end = isLast ? WindowEnd.Final : window.Length == buffer.Length ? WindowEnd.Full : WindowEnd.More;
            var (taken, written) = Process(window.Span, end, output);
            if (written > 0)
            {
                _metrics.BytesSent(written);
                if ((await output.FlushAsync(cancellationToken)).IsCompleted)
                {
                    return;
                }
            }

            window[taken..].CopyTo(buffer);
            kept = window.Length - taken;
        }
    }

    /// <summary>Reads on; behind the snapshot only to the end of the line that crosses it.</summary>
    private async ValueTask<(int Read, bool IsLast)> FillAsync(Memory<byte> free, int kept, CancellationToken cancellationToken)
    {
        var beforeSnapshot = _snapshot - _position;
        if (beforeSnapshot > 0)
        {
            var read = await _file.ReadAsync(free[..(int)Math.Min(free.Length, beforeSnapshot)], _position, cancellationToken);
            _position += read;
            return (read, read == 0);
        }

        if (kept == 0 && !_selector.IsInLongLine)
        {
            return (0, true);
        }

        var beyond = await _file.ReadAsync(free, _position, cancellationToken);
        _position += beyond;
        var end = free.Span[..beyond].IndexOf((byte)'\n');
        return end < 0 ? (beyond, beyond == 0) : (end + 1, true);
    }

    private (int Taken, long Written) Process(ReadOnlySpan<byte> window, WindowEnd end, PipeWriter output)
    {
        var cursor = new OutputCursor(output, OutputCursor.BlockFor(window.Length));
        var taken = _selector.Process(window, end, ref cursor);
        cursor.Complete();
        return (taken, cursor.Written);
    }
}
