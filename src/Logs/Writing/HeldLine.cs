namespace VirtualKubelet.Logs.Writing;

/// <summary>The beginning of a line whose end has not been seen yet.</summary>
internal sealed class HeldLine
{
    // Most containers never write to stderr.
    private byte[] buffer = [];

    /// <summary>Held bytes.</summary>
    public int Count { get; private set; }

    /// <summary>When the oldest held byte was read.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Bytes that still fit.</summary>
    public int Free => CriLogWriter.MaxContent - Count;

    /// <summary>What is held.</summary>
    public ReadOnlySpan<byte> Content => buffer.AsSpan(0, Count);

    /// <summary>Adds bytes; the caller keeps within <see cref="Free"/>.</summary>
    public void Add(ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (Count == 0)
        {
            if (buffer.Length == 0)
            {
                buffer = new byte[CriLogWriter.MaxContent];
            }

            Since = at;
        }

        bytes.CopyTo(buffer.AsSpan(Count));
        Count += bytes.Length;
    }

    /// <summary>Forgets what is held.</summary>
    public void Clear() => Count = 0;
}
