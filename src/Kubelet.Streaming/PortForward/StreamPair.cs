namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>The two streams of one forwarded connection, as far as they have been opened.</summary>
/// <param name="key">What the client pairs them by.</param>
internal sealed class StreamPair(string key)
{
    public string Key => key;

    public IMultiplexedStream? Data { get; private set; }

    public IMultiplexedStream? Error { get; private set; }

    /// <summary>Fires when the other half is too late.</summary>
    public ITimer? Timeout { get; set; }

    public bool IsComplete => Data is not null && Error is not null;

    /// <summary>Adds one half; false when there is one already.</summary>
    public bool TryAdd(IMultiplexedStream stream, bool isData)
    {
        if ((isData ? Data : Error) is not null)
        {
            return false;
        }

        (Data, Error) = isData ? (stream, Error) : (Data, stream);
        return true;
    }
}
