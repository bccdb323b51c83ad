namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>A frame that waits for the sender; <see cref="Taken"/> completes when its payload may be reused.</summary>
/// <param name="header">Its header.</param>
/// <param name="payload">Its payload.</param>
/// <param name="whole">Room for the header with the payload behind it, where there is such: it can be sent without being copied.</param>
internal sealed class PendingFrame(FrameHeader header, ReadOnlyMemory<byte> payload, Memory<byte> whole = default)
{
    /// <summary>Less is better gathered with what others send.</summary>
    private const int MinWholeBytes = 16 * 1024;

    public FrameHeader Header => header;

    public ReadOnlyMemory<byte> Payload => payload;

    /// <summary>Whether it is sent by itself, as it lies.</summary>
    public bool IsWhole => whole.Length >= MinWholeBytes;

    public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its bytes, of one that <see cref="IsWhole"/>.</summary>
    public ReadOnlyMemory<byte> ToWhole()
    {
        header.Write(whole.Span);
        return whole;
    }
}
