using System.IO.Pipelines;

namespace VirtualKubelet.Kubelet.Streaming.Transport;

/// <summary>A reader of which one can tell whether it is used: a slow consumer is not a stalled one.</summary>
internal sealed class ObservedReader(PipeReader inner) : PipeReader
{
    private volatile bool _hasAdvanced;

    /// <summary>Whether the consumer has taken anything since the last question.</summary>
    public bool TakeProgress()
    {
        var hasAdvanced = _hasAdvanced;
        _hasAdvanced = false;
        return hasAdvanced;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _hasAdvanced = true;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
}
