using System.IO.Pipelines;

namespace VirtualKubelet.Logs;

/// <summary>One opened log, ready to be sent: what could go wrong before the first byte has not. Dispose it to release the file.</summary>
public abstract class LogRead : IAsyncDisposable
{
    private protected LogRead()
    {
    }

    /// <summary>
    /// Writes the selected lines until the read is complete or the reader of <paramref name="output"/> has gone; flushes whenever it has caught up. Call it once.
    /// The writer is never completed here. Throws <see cref="UnsupportedLogFormatException"/>, <see cref="LogFollowerTooSlowException"/> or another <see cref="IOException"/>.
    /// </summary>
    public abstract Task CopyToAsync(PipeWriter output, CancellationToken cancellationToken);

    /// <summary>Releases the file; the last follower of a file takes its tailer along.</summary>
    public abstract ValueTask DisposeAsync();
}
