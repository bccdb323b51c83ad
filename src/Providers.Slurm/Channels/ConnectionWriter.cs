using System.IO.Pipelines;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>What goes to a target; says when its writer has finished, which whoever waits for the target to take something would not see.</summary>
internal sealed class ConnectionWriter(PipeWriter inner) : PipeWriter
{
    private readonly TaskCompletionSource<Exception?> _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the writer was completed, with the exception if it gave up.</summary>
    public Task<Exception?> Completed => _completed.Task;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(source, cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        inner.Complete(exception);
        _completed.TrySetResult(exception);
    }
}
