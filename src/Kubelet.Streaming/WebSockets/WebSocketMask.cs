using System.Numerics;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>The XOR masking of RFC 6455, section 5.3.</summary>
internal static class WebSocketMask
{
    /// <summary>Masks or unmasks in place; the key's first byte is its lowest.</summary>
    /// <returns>The key for the bytes that follow.</returns>
    public static uint Apply(Span<byte> bytes, uint mask)
    {
        var wide = Vector.AsVectorByte(new Vector<uint>(mask));
        var i = 0;
        for (; i <= bytes.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var block = bytes[i..];
            (new Vector<byte>(block) ^ wide).CopyTo(block);
        }

        for (; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)(mask >> (i % sizeof(uint) * 8));
        }

        return uint.RotateRight(mask, bytes.Length % sizeof(uint) * 8);
    }
}
