namespace VirtualKubelet.Kubelet.Streaming.Tests.Support;

/// <summary>A long byte sequence that repeats with a prime period, so that any byte lost, doubled or moved shows.</summary>
internal sealed class Pattern
{
    private const int Period = 65_521;

    private static readonly byte[] s_bytes = Create();
    private long _position;

    public long Position => _position;

    /// <summary>The next bytes of the pattern; at most 64 KiB.</summary>
    public ReadOnlyMemory<byte> Next(int count)
    {
        var bytes = s_bytes.AsMemory((int)(_position % Period), count);
        _position += count;
        return bytes;
    }

    /// <summary>Whether these are the next bytes of the pattern.</summary>
    public bool Continues(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, Period)];
            if (!piece.SequenceEqual(Next(piece.Length).Span))
            {
                return false;
            }

            bytes = bytes[piece.Length..];
        }

        return true;
    }

    private static byte[] Create()
    {
        var period = new byte[Period];
        new Random(1).NextBytes(period);
        return [.. period, .. period, .. period];
    }
}
