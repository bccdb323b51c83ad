namespace VirtualKubelet.Logs.Writing;

/// <summary>
/// Turns the raw output of one container into CRI records (<c>TIMESTAMP STREAM TAG CONTENT LF</c>), batch by batch:
/// the caller reads the clock once per batch, and the sink is written once per batch or whenever the batch buffer is full.
/// A line of more than <see cref="MaxContent"/> bytes is cut into <c>P</c> records; an incomplete one is held until its end comes,
/// it grows too long, <see cref="FlushHeld"/> finds it too old, or its stream ends. Content is never changed: an output that does not end with a newline
/// ends with a <c>P</c> record, so that what a reader prints is byte for byte what the container wrote.
/// </summary>
/// <remarks>Not thread-safe: one thread reads both streams of a container.</remarks>
/// <param name="sink">Where the records go.</param>
public sealed class CriLogWriter(ICriSink sink)
{
    /// <summary>Most content bytes of one record, the limit of containerd and CRI-O.</summary>
    public const int MaxContent = 16 * 1024;

    private const int TagOffset = CriTimestamp.Length + 8;
    private const int PrefixLength = TagOffset + 2;
    private const int BatchSize = 64 * 1024;

    private readonly byte[] batch = new byte[BatchSize];
    private readonly byte[][] prefixes = ["0000-00-00T00:00:00.000000000Z stdout F "u8.ToArray(), "0000-00-00T00:00:00.000000000Z stderr F "u8.ToArray()];
    private readonly HeldLine[] held = [new(), new()];
    private DateTimeOffset stamped;
    private int used;

    /// <summary>Whether the beginning of a line waits for its end.</summary>
    public bool HoldsPartialLine => held[0].Count > 0 || held[1].Count > 0;

    /// <summary>Takes bytes as they were read at <paramref name="at"/>.</summary>
    public void Append(OutputStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        Stamp(at);
        var prefix = prefixes[(int)stream];
        var line = held[(int)stream];
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var rest = EmitFragments(prefix, line, end < 0 ? bytes : bytes[..end]);
            if (end < 0)
            {
                line.Add(rest, at);
                return;
            }

            Record(prefix, (byte)'F', line.Content, rest);
            line.Clear();
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Emits the incomplete lines that have been held for <paramref name="age"/> at <paramref name="at"/>, so that a prompt or a progress bar is seen.</summary>
    public void FlushHeld(DateTimeOffset at, TimeSpan age)
    {
        EmitHeld(OutputStream.Stdout, at, age);
        EmitHeld(OutputStream.Stderr, at, age);
    }

    /// <summary>The stream has ended: emits what is held of it.</summary>
    public void EndStream(OutputStream stream, DateTimeOffset at) => EmitHeld(stream, at, TimeSpan.Zero);

    /// <summary>Ends the batch: hands what has been collected to the sink.</summary>
    public void Flush()
    {
        if (used > 0)
        {
            sink.Write(batch.AsSpan(0, used));
            used = 0;
        }
    }

    private void EmitHeld(OutputStream stream, DateTimeOffset at, TimeSpan age)
    {
        var line = held[(int)stream];
        if (line.Count == 0)
        {
            return;
        }

        // A clock that was set back must not hold a line for ever.
        var heldFor = at - line.Since;
        if (heldFor >= age || heldFor < TimeSpan.Zero)
        {
            Stamp(at);
            Record(prefixes[(int)stream], (byte)'P', line.Content, []);
            line.Clear();
        }
    }

    /// <summary>Emits full-length fragments while line and <paramref name="part"/> together exceed one record; returns what is left of the part.</summary>
    private ReadOnlySpan<byte> EmitFragments(byte[] prefix, HeldLine line, ReadOnlySpan<byte> part)
    {
        while (part.Length > line.Free)
        {
            var take = line.Free;
            Record(prefix, (byte)'P', line.Content, part[..take]);
            line.Clear();
            part = part[take..];
        }

        return part;
    }

    private void Stamp(DateTimeOffset at)
    {
        if (at != stamped)
        {
            CriTimestamp.Write(at, prefixes[0]);
            prefixes[0].AsSpan(0, CriTimestamp.Length).CopyTo(prefixes[1]);
            stamped = at;
        }
    }

    private void Record(byte[] prefix, byte tag, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = PrefixLength + first.Length + second.Length + 1;
        if (length > batch.Length - used)
        {
            Flush();
        }

        var record = batch.AsSpan(used, length);
        prefix.CopyTo(record);
        record[TagOffset] = tag;
        first.CopyTo(record[PrefixLength..]);
        second.CopyTo(record[(PrefixLength + first.Length)..]);
        record[^1] = (byte)'\n';
        used += length;
    }
}
