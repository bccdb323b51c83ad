using System.Buffers;
using System.Numerics;

namespace VirtualKubelet.Logs.Following;

/// <summary>The latest bytes of a growing file in a pooled ring: as small as its followers' lag allows, never larger than its bound. Not thread-safe.</summary>
/// <param name="maxBytes">The bound, rounded up to a power of two.</param>
internal sealed class HotTail(int maxBytes)
{
    private const int MinBytes = 4096;

    private readonly int _maxBytes = (int)BitOperations.RoundUpToPowerOf2((uint)maxBytes);
    private byte[] _ring = [];
    private int _capacity;
    private long _start;
    private long _end;

    /// <summary>Most bytes it can hold.</summary>
    public int MaxBytes => _maxBytes;

    /// <summary>Bytes rented now.</summary>
    public int Capacity => _capacity;

    /// <summary>Forgets everything; the next byte has file offset <paramref name="offset"/>.</summary>
    public void Reset(long offset) => (_start, _end) = (offset, offset);

    /// <summary>Gives the memory back until the next byte comes.</summary>
    public void Release()
    {
        if (_capacity > 0)
        {
            ArrayPool<byte>.Shared.Return(_ring);
        }

        (_ring, _capacity, _start) = ([], 0, _end);
    }

    /// <summary>Adds bytes, overwriting old ones but never from <paramref name="keepFrom"/> on: the caller keeps within <see cref="MaxBytes"/> from there.</summary>
    public void Append(ReadOnlySpan<byte> bytes, long keepFrom)
    {
        Reserve((int)(_end - Math.Max(keepFrom, _start)) + bytes.Length);
        var at = (int)(_end & (_capacity - 1));
        var first = Math.Min(bytes.Length, _capacity - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _end += bytes.Length;
        _start = Math.Max(_start, _end - _capacity);
    }

    /// <summary>Copies the bytes at a file offset; false when not all of them are held.</summary>
    public bool TryCopy(long offset, Span<byte> destination)
    {
        if (offset < _start || offset + destination.Length > _end)
        {
            return false;
        }

        if (destination.IsEmpty)
        {
            return true;
        }

        var at = (int)(offset & (_capacity - 1));
        var first = Math.Min(destination.Length, _capacity - at);
        _ring.AsSpan(at, first).CopyTo(destination);
        _ring.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
        return true;
    }

    private void Reserve(int needed)
    {
        if (needed <= _capacity)
        {
            return;
        }

        var capacity = (int)Math.Min(_maxBytes, Math.Max(MinBytes, BitOperations.RoundUpToPowerOf2((uint)needed)));
        var ring = ArrayPool<byte>.Shared.Rent(capacity);
        var kept = (int)Math.Min(_end - _start, capacity);
        var from = _end - kept;
        for (var offset = from; offset < _end;)
        {
            var run = (int)Math.Min(_end - offset, Math.Min(_capacity - (offset & (_capacity - 1)), capacity - (offset & (capacity - 1))));
            _ring.AsSpan((int)(offset & (_capacity - 1)), run).CopyTo(ring.AsSpan((int)(offset & (capacity - 1))));
            offset += run;
        }

        Release();
        (_ring, _capacity, _start) = (ring, capacity, from);
    }
}
