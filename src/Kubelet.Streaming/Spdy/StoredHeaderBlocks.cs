using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>
/// The header blocks a client sends: each its headers in one stored deflate block and then the sync flush, as in <see cref="EmptyHeaderBlocks"/>.
/// Kubernetes' headers are three short ones, for which a deflater would not be worth its memory. Call in wire order.
/// </summary>
internal sealed class StoredHeaderBlocks
{
    private bool _isStarted;

    private static ReadOnlySpan<byte> ZlibHeader => [0x78, 0x01];

    private static ReadOnlySpan<byte> SyncFlush => [0x00, 0x00, 0x00, 0xFF, 0xFF];

    /// <summary>The block of the next frame; names in lower case, all of it at most 65,535 bytes.</summary>
    public byte[] Next(IReadOnlyList<(string Name, string Value)> headers)
    {
        var plain = new ArrayBufferWriter<byte>();
        WriteNumber(plain, headers.Count);
        foreach (var (name, value) in headers)
        {
            WriteText(plain, name);
            WriteText(plain, value);
        }

        var block = new ArrayBufferWriter<byte>();
        block.Write(_isStarted ? default : ZlibHeader);
        _isStarted = true;
        WriteStored(block, plain.WrittenSpan);
        block.Write(SyncFlush);
        return block.WrittenSpan.ToArray();
    }

    private static void WriteStored(ArrayBufferWriter<byte> block, ReadOnlySpan<byte> plain)
    {
        var length = checked((ushort)plain.Length);
        var header = block.GetSpan(5);
        header[0] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(header[1..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[3..], (ushort)~length);
        block.Advance(5);
        block.Write(plain);
    }

    private static void WriteText(ArrayBufferWriter<byte> plain, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteNumber(plain, bytes.Length);
        plain.Write(bytes);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> plain, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(plain.GetSpan(sizeof(int)), number);
        plain.Advance(sizeof(int));
    }
}
