using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace VirtualKubelet.Logs.Selecting;

/// <summary>Writes straight into a pipe's own memory, block after block, so that lines are copied once; <see cref="Complete"/> must follow.</summary>
/// <param name="writer">Where the bytes go.</param>
/// <param name="blockBytes">Block size to ask for.</param>
internal ref struct OutputCursor(PipeWriter writer, int blockBytes)
{
    private const int MaxBlockBytes = 64 * 1024;
    private const int MinBlockBytes = 1024;

    private Span<byte> _block;
    private int _used;

    /// <summary>Bytes written so far.</summary>
    public long Written { get; private set; }

    /// <summary>A block size for what comes out of a window of that many bytes: a short line must not cost each of many followers a large block.</summary>
    public static int BlockFor(int windowBytes) => Math.Clamp(windowBytes, MinBlockBytes, MaxBlockBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.TryCopyTo(_block[_used..]))
        {
            _used += bytes.Length;
            return;
        }

        WriteAcross(bytes);
    }

    /// <summary>Hands the last block over to the pipe.</summary>
    public void Complete()
    {
        // Kestrel's writer takes an Advance without a block from it, even by nothing, for a mistake.
        if (_used > 0)
        {
            writer.Advance(_used);
            Written += _used;
        }

        _block = default;
        _used = 0;
    }

    private void WriteAcross(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == _block.Length)
            {
                Complete();
                _block = writer.GetSpan(blockBytes);
            }

            var fits = Math.Min(bytes.Length, _block.Length - _used);
            bytes[..fits].CopyTo(_block[_used..]);
            _used += fits;
            bytes = bytes[fits..];
        }
    }
}
