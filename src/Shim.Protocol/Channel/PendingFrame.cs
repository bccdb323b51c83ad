namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>A frame that waits for the sender; <see cref="Taken"/> completes when its payload may be reused.</summary>
internal sealed class PendingFrame(FrameHeader header, ReadOnlyMemory<byte> payload)
{
    public FrameHeader Header => header;

    public ReadOnlyMemory<byte> Payload => payload;

    public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
