using System.IO.Pipelines;
using VirtualKubelet.Logs.Following;
using VirtualKubelet.Logs.Reading;

namespace VirtualKubelet.Logs;

/// <summary>Reads and follows container logs with the kubelet's semantics; all follows of one file share one tailer. Safe for concurrent use.</summary>
public sealed class LogStreamer : IAsyncDisposable
{
    /// <summary>The meter that tells open follows, followed files, bytes, drops (always 0) and fallbacks of slow followers.</summary>
    public const string MeterName = "VirtualKubelet.Logs";

    private readonly LogOptions _options;
    private readonly LogMetrics _metrics = new();
    private readonly FollowHub _hub;
    private readonly CancellationTokenSource _stopping = new();
    private int _disposed;

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> for options that cannot work.</summary>
    /// <param name="options">How to read.</param>
    /// <param name="clock">Paces polls and measures stalls.</param>
    public LogStreamer(LogOptions options, TimeProvider clock)
    {
        options.Validate();
        _options = options;
        _hub = new FollowHub(options, clock, _metrics);
    }

    /// <summary>
    /// Opens a log, finds where to begin and recognises its format, so that an error can still be answered as one. With <paramref name="follow"/> the read goes on until
    /// the run has ended and everything is sent, and a file that is not there yet is waited for.
    /// Throws <see cref="LogFileNotFoundException"/>, <see cref="UnsupportedLogFormatException"/>, another <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
    /// </summary>
    public Task<LogRead> OpenAsync(ILogSource source, LogSelection selection, bool follow, CancellationToken cancellationToken)
    {
        selection.Validate();
        return follow
            ? FollowRead.OpenAsync(_hub, source, selection, _metrics, _stopping.Token, cancellationToken)
            : FileRead.OpenAsync(source.Path, selection, _options, _metrics, cancellationToken);
    }

    /// <summary>Opens a log and writes it up to its present end.</summary>
    public Task ReadAsync(ILogSource source, LogSelection selection, PipeWriter output, CancellationToken cancellationToken) =>
        CopyAsync(source, selection, follow: false, output, cancellationToken);

    /// <summary>Opens a log and writes it as it grows, until the run has ended and everything is sent.</summary>
    public Task FollowAsync(ILogSource source, LogSelection selection, PipeWriter output, CancellationToken cancellationToken) =>
        CopyAsync(source, selection, follow: true, output, cancellationToken);

    /// <summary>Cancels all follows and waits until their files are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _hub.DisposeAsync();
        _metrics.Dispose();
        _stopping.Dispose();
    }

    private async Task CopyAsync(ILogSource source, LogSelection selection, bool follow, PipeWriter output, CancellationToken cancellationToken)
    {
        await using var read = await OpenAsync(source, selection, follow, cancellationToken);
        await read.CopyToAsync(output, cancellationToken);
    }
}
