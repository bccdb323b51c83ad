namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>What all lanes of one end of a channel together may hold beyond a <see cref="ChannelLimits.Window"/> each.</summary>
internal sealed class WindowReserve
{
    private int left = ChannelLimits.ReserveBytes;

    /// <summary>Takes bytes, all or none.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref left, -bytes) >= 0)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(int bytes) => Interlocked.Add(ref left, bytes);
}
