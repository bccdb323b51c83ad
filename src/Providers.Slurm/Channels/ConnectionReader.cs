using System.IO.Pipelines;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>What a target sends; says when its reader has had enough, and speaks of failures in the contract's words.</summary>
internal sealed class ConnectionReader(SharedSession session) : PipeReader
{
    private readonly PipeReader _inner = session.Session.Stdout.Reader;
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the reader was completed.</summary>
    public Task Completed => _completed.Task;

    /// <summary>Whether the reader has met the target's end, and so did not leave early.</summary>
    public bool HasMetEnd { get; private set; }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return Remember(await _inner.ReadAsync(cancellationToken));
        }
        catch (ChannelClosedException e)
        {
            // A session that the shim closed has a message of its own; a channel that broke has its process's last words.
            throw session.Session.Closed.IsCompletedSuccessfully
                ? new ProviderException(ProviderErrorKind.Unavailable, e.Message, e)
                : await session.FailedAsync(e);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        var success = _inner.TryRead(out result);
        if (success)
        {
            Remember(result);
        }

        return success;
    }

    public override void AdvanceTo(SequencePosition consumed) => _inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        _inner.Complete(exception);
        _completed.TrySetResult();
    }

    private ReadResult Remember(ReadResult result)
    {
        HasMetEnd |= result.IsCompleted;
        return result;
    }
}
