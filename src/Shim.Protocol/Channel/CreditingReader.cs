using System.Buffers;
using System.IO.Pipelines;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>A pipe's reader that tells its lane what was taken.</summary>
internal sealed class CreditingReader(PipeReader inner, IncomingLane lane) : PipeReader
{
    private ReadOnlySequence<byte> current;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => Remember(await inner.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        var success = inner.TryRead(out result);
        if (success)
        {
            Remember(result);
        }

        return success;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var bytes = current.Slice(0, consumed).Length;
        current = default;
        inner.AdvanceTo(consumed, examined);
        if (bytes > 0)
        {
            lane.Taken(bytes);
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        inner.Complete(exception);
        lane.Discard();
    }

    private ReadResult Remember(ReadResult result)
    {
        current = result.Buffer;
        return result;
    }
}
