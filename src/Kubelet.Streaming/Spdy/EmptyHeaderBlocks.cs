namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>
/// The header blocks we send: all of them empty, as a server's replies to Kubernetes clients are, so the compressed stream is known beforehand. Each block is the number
/// of headers (0) in a stored deflate block and then an empty stored block, the sync flush by which Go's inflater knows that it may hand out what it has.
/// The zlib header stands before the first one only and names no dictionary, which the receiver then ignores.
/// A real deflater would keep a quarter of a mebibyte per connection to say the same.
/// </summary>
internal sealed class EmptyHeaderBlocks
{
    private bool _isStarted;

    private static ReadOnlySpan<byte> First => [0x78, 0x01, 0x00, 0x04, 0x00, 0xFB, 0xFF, 0, 0, 0, 0, 0x00, 0x00, 0x00, 0xFF, 0xFF];

    /// <summary>The block of the next frame; call in wire order.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var block = _isStarted ? First[2..] : First;
        _isStarted = true;
        return block;
    }
}
