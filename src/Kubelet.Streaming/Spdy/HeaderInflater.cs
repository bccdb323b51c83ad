using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>
/// Decompresses the header blocks of one connection, in wire order: they are pieces of one zlib stream, so every block must pass through here, refused streams included.
/// .NET's inflater takes no preset dictionary; a raw one that has first inflated the dictionary from a stored block has the same window.
/// </summary>
internal sealed class HeaderInflater : IDisposable
{
    /// <summary>Most headers of one block (spdystream's limit).</summary>
    public const int MaxHeaders = 1000;

    /// <summary>Most decompressed bytes of one block; a small block may claim to be anything.</summary>
    public const int MaxBlockBytes = 64 * 1024;

    private const int ZlibHeaderBytes = 2;
    private const int DictionaryIdBytes = 4;
    private const byte PresetDictionary = 0x20;
    private const byte Deflate = 0x08;

    // Names that spdystream refuses in any header block.
    private static readonly string[] s_forbidden = ["connection", "host", "keep-alive", "proxy-connection", "transfer-encoding"];

    private readonly BlockFeed _feed = new();
    private readonly DeflateStream _inflater;
    private bool _isStarted;

    public HeaderInflater() => _inflater = new DeflateStream(_feed, CompressionMode.Decompress);

    /// <summary>The headers of the next block; throws <see cref="ProtocolException"/>, after which no other block can be read.</summary>
    public IReadOnlyDictionary<string, string> Read(ReadOnlySequence<byte> block)
    {
        try
        {
            if (!_isStarted)
            {
                block = Start(block);
            }

            _feed.Give(block);
            return ReadHeaders();
        }
        catch (InvalidDataException e)
        {
            throw new ProtocolException($"A SPDY header block cannot be decompressed: {e.Message}");
        }
    }

    public void Dispose() => _inflater.Dispose();

    private ReadOnlySequence<byte> Start(ReadOnlySequence<byte> block)
    {
        var start = new byte[ZlibHeaderBytes + DictionaryIdBytes];
        var count = (int)Math.Min(start.Length, block.Length);
        block.Slice(0, count).CopyTo(start);
        if (count < ZlibHeaderBytes || (start[0] & 0x0F) != Deflate || BinaryPrimitives.ReadUInt16BigEndian(start) % 31 != 0)
        {
            throw new ProtocolException("The first SPDY header block has no zlib header.");
        }

        _isStarted = true;
        if ((start[1] & PresetDictionary) == 0)
        {
            return block.Slice(ZlibHeaderBytes);
        }

        if (count < start.Length || BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(ZlibHeaderBytes)) != SpdyDictionary.Adler32)
        {
            throw new ProtocolException("The SPDY headers are compressed with another dictionary than SPDY/3's.");
        }

        Prime();
        return block.Slice(start.Length);
    }

    private void Prime()
    {
        var dictionary = SpdyDictionary.Bytes.Span;
        var stored = new byte[5 + dictionary.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(1), (ushort)dictionary.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(3), (ushort)~dictionary.Length);
        dictionary.CopyTo(stored.AsSpan(5));
        _feed.Give(new ReadOnlySequence<byte>(stored));
        _inflater.ReadExactly(new byte[dictionary.Length]);
    }

    private Dictionary<string, string> ReadHeaders()
    {
        var budget = MaxBlockBytes;
        var count = ReadNumber(ref budget);
        if (count > MaxHeaders)
        {
            throw new ProtocolException($"A SPDY header block of {count} headers has more than {MaxHeaders}.");
        }

        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0u; i < count; i++)
        {
            var name = ReadText(ref budget);
            if (name.Length == 0 || name.AsSpan().ContainsAnyInRange('A', 'Z') || s_forbidden.Contains(name) || !headers.TryAdd(name, ReadText(ref budget)))
            {
                throw new ProtocolException("A SPDY header name is empty, not lower-case, forbidden or given twice.");
            }
        }

        // Reads the flush marker too, so that the next block starts where this one ends.
        Span<byte> more = stackalloc byte[1];
        return _inflater.Read(more) == 0 ? headers : throw new ProtocolException("A SPDY header block is longer than its headers.");
    }

    private uint ReadNumber(ref int budget)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Fill(bytes, ref budget);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private string ReadText(ref int budget)
    {
        var length = ReadNumber(ref budget);
        if (length > budget)
        {
            throw new ProtocolException($"A SPDY header block is longer than {MaxBlockBytes} bytes.");
        }

        var bytes = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            Fill(bytes.AsSpan(0, (int)length), ref budget);
            return Encoding.UTF8.GetString(bytes, 0, (int)length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Fill(Span<byte> destination, ref int budget)
    {
        budget -= destination.Length;
        if (budget < 0 || _inflater.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
        {
            throw new ProtocolException("A SPDY header block ends early or is too long.");
        }
    }
}
