namespace VirtualKubelet.Logs.Writing;

/// <summary>The beginning of a line whose end has not been seen yet.</summary>
internal sealed class HeldLine
{
    private readonly byte[] buffer = new byte[CriLogWriter.MaxContent];

    /// <summary>Held bytes.</summary>
    public int Count { get; private set; }

    /// <summary>When the oldest held byte was read.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Bytes that still fit.</summary>
    public int Free => buffer.Length - Count;

    /// <summary>What is held.</summary>
    public ReadOnlySpan<byte> Content => buffer.AsSpan(0, Count);

    /// <summary>Adds bytes; the caller keeps within <see cref="Free"/>.</summary>
    public void Add(ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        if (Count == 0)
        {
            Since = at;
        }

        bytes.CopyTo(buffer.AsSpan(Count));
        Count += bytes.Length;
    }

    /// <summary>Forgets what is held.</summary>
    public void Clear() => Count = 0;
}
