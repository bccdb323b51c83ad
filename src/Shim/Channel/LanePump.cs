using System.Buffers;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Channel;

/// <summary>Carries bytes between a descriptor and a lane. A pump holds a buffer only while there is something to carry.</summary>
internal static class LanePump
{
    /// <summary>Carries what is read until it ends, or until nothing is left to read after <paramref name="drained"/>. The lane stays open.</summary>
    /// <exception cref="IOException">The descriptor failed.</exception>
    /// <exception cref="ChannelClosedException">The session has ended.</exception>
    public static async Task CopyAsync(DescriptorStream from, OutgoingLane to, CancellationToken drained, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await from.WaitReadableAsync(drained);
                if (!await CopyOnceAsync(from, to, cancellationToken))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (drained.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The process has ended, and something that escaped it holds its output open without a word.
        }
    }

    /// <summary>Carries what comes until the lane ends; false when the descriptor took it no longer, and the rest is discarded.</summary>
    public static async Task<bool> CopyAsync(IncomingLane from, DescriptorStream to, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await from.Reader.ReadAsync(cancellationToken);
                foreach (var segment in read.Buffer)
                {
                    await to.WriteAsync(segment, cancellationToken);
                }

                from.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return true;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            await from.Reader.CompleteAsync();
            return false;
        }
    }

    /// <summary>Carries all that is there now; false at the end.</summary>
    private static async Task<bool> CopyOnceAsync(DescriptorStream from, OutgoingLane to, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FrameHeader.Size + ChannelLimits.MaxData);
        try
        {
            while (true)
            {
                var room = await to.WaitForRoomAsync(cancellationToken);
                switch (from.TryRead(buffer.AsSpan(FrameHeader.Size, room)))
                {
                    case null:
                        return true;
                    case 0:
                        return false;
                    case { } count:
                        await to.SendFrameAsync(buffer.AsMemory(0, FrameHeader.Size + count));
                        break;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
