using System.Buffers;
using System.IO.Pipelines;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>Carries bytes between pipes and lanes.</summary>
public static class LaneCopy
{
    /// <summary>Writes what a lane brings, flushed whenever the lane has no more at hand; without a writer, or once its reader has completed, it is discarded.</summary>
    /// <exception cref="ChannelClosedException">The session failed.</exception>
    public static async Task ReceiveAsync(IncomingLane from, PipeWriter? to, CancellationToken cancellationToken)
    {
        if (to is null)
        {
            await from.Reader.CompleteAsync();
            return;
        }

        while (true)
        {
            var read = await from.Reader.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
            {
                to.Write(segment.Span);
            }

            var isEmpty = read.Buffer.IsEmpty;
            from.Reader.AdvanceTo(read.Buffer.End);
            if (!isEmpty && (await to.FlushAsync(cancellationToken)).IsCompleted)
            {
                await from.Reader.CompleteAsync();
                return;
            }

            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Sends what a pipe brings, then the end of the lane; without a pipe nothing at all. The pipe stays the caller's.</summary>
    /// <exception cref="ChannelClosedException">The session has ended.</exception>
    public static async Task SendAsync(PipeReader? from, OutgoingLane to, CancellationToken cancellationToken)
    {
        if (from is null)
        {
            // The shim was told that there is no stdin.
            return;
        }

        while (true)
        {
            var read = await from.ReadAsync(cancellationToken);
            if (read.IsCanceled)
            {
                return;
            }

            var sent = read.Buffer.Start;
            try
            {
                sent = await SendAsync(read.Buffer, to, cancellationToken);
            }
            finally
            {
                from.AdvanceTo(sent, read.Buffer.End);
            }

            if (read.IsCompleted)
            {
                break;
            }
        }

        to.End();
    }

    private static async Task<SequencePosition> SendAsync(ReadOnlySequence<byte> bytes, OutgoingLane to, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var part = bytes.Slice(0, Math.Min(bytes.Length, await to.WaitForRoomAsync(cancellationToken)));
            if (part.IsSingleSegment)
            {
                await to.SendAsync(part.First);
            }
            else
            {
                await SendGatheredAsync(part, to);
            }

            bytes = bytes.Slice(part.End);
        }

        return bytes.End;
    }

    /// <summary>A frame each for the small segments of a pipe would cost more than the copy.</summary>
    private static async Task SendGatheredAsync(ReadOnlySequence<byte> part, OutgoingLane to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)part.Length);
        try
        {
            part.CopyTo(buffer);
            await to.SendAsync(buffer.AsMemory(0, (int)part.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
