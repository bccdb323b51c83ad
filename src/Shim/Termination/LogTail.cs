using System.IO.Pipelines;
using VirtualKubelet.Logs;

namespace VirtualKubelet.Shim.Termination;

/// <summary>The end of a run's log, as <c>kubectl logs --tail</c> shows it.</summary>
internal static class LogTail
{
    // What one read takes: a record of the shim's own log is not much longer.
    private const int ReadBytes = 16 * 1024;

    /// <summary>The last lines, cut at the front to a number of bytes.</summary>
    /// <param name="path">The log.</param>
    /// <param name="lines">Most lines.</param>
    /// <param name="limit">Most bytes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<byte[]> ReadAsync(string path, int lines, int limit, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var logs = new LogStreamer(new() { ReadBufferBytes = ReadBytes }, time);
        var pipe = new Pipe();
        var copy = CopyAsync(logs, new EndedLog(path), lines, pipe.Writer, cancellationToken);
        var tail = await KeepTailAsync(pipe.Reader, limit, cancellationToken);
        await copy;
        return tail;
    }

    private static async Task CopyAsync(LogStreamer logs, EndedLog log, int lines, PipeWriter output, CancellationToken cancellationToken)
    {
        try
        {
            await logs.ReadAsync(log, new() { TailLines = lines }, output, cancellationToken);
        }
        finally
        {
            await output.CompleteAsync();
        }
    }

    /// <summary>Reads to the end, holding no more than a pipe does and the tail.</summary>
    private static async Task<byte[]> KeepTailAsync(PipeReader input, int limit, CancellationToken cancellationToken)
    {
        byte[] tail = [];
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            foreach (var bytes in read.Buffer)
            {
                tail = [.. tail, .. bytes[Math.Max(0, bytes.Length - limit)..].Span];
                tail = tail[Math.Max(0, tail.Length - limit)..];
            }

            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return tail;
            }
        }
    }

    private sealed record EndedLog(string Path) : ILogSource
    {
        public bool HasEnded => true;
    }
}
