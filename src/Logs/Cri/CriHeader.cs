using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace VirtualKubelet.Logs.Cri;

/// <summary>What stands before the content of a CRI record: <c>TIMESTAMP SP STREAM SP TAGS SP</c>.</summary>
/// <param name="TimeLength">Bytes of the timestamp at the beginning of the record.</param>
/// <param name="ContentStart">Where the content begins.</param>
/// <param name="Stream">Which output the record came from; never <see cref="LogStreams.All"/>.</param>
/// <param name="IsPartial">Tag <c>P</c>: the line goes on in a later record. Any other tag means a full line.</param>
internal readonly record struct CriHeader(int TimeLength, int ContentStart, LogStreams Stream, bool IsPartial)
{
    private const int UsualLength = 40;
    private static readonly ulong StdoutFull = BinaryPrimitives.ReadUInt64LittleEndian("stdout F"u8);
    private static readonly ulong StderrFull = BinaryPrimitives.ReadUInt64LittleEndian("stderr F"u8);
    private static readonly ulong StdoutPartial = BinaryPrimitives.ReadUInt64LittleEndian("stdout P"u8);
    private static readonly ulong StderrPartial = BinaryPrimitives.ReadUInt64LittleEndian("stderr P"u8);

    /// <summary>Reads the form every known writer uses, without looking for the end of the line first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParseUsual(ReadOnlySpan<byte> bytes, out CriHeader header)
    {
        header = default;
        if (bytes.Length < UsualLength || bytes[30] != ' ' || bytes[39] != ' ' || !CriTime.IsUsual(bytes))
        {
            return false;
        }

        var streamAndTag = BinaryPrimitives.ReadUInt64LittleEndian(bytes[31..]);
        var partial = streamAndTag == StdoutPartial || streamAndTag == StderrPartial;
        var stdout = streamAndTag == StdoutFull || streamAndTag == StdoutPartial;
        header = new CriHeader(CriTime.UsualLength, UsualLength, stdout ? LogStreams.Stdout : LogStreams.Stderr, partial);
        return stdout || partial || streamAndTag == StderrFull;
    }

    /// <summary>Reads any valid header of one line (kubelet's parseCRILog); the timestamp is validated, not kept.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out CriHeader header)
    {
        if (TryParseUsual(line, out header))
        {
            return true;
        }

        var timeEnd = line.IndexOf((byte)' ');
        if (timeEnd < 0 || !CriTime.TryParse(line[..timeEnd], out _))
        {
            return false;
        }

        var rest = line[(timeEnd + 1)..];
        var stdout = rest.StartsWith("stdout "u8);
        if (!stdout && !rest.StartsWith("stderr "u8))
        {
            return false;
        }

        var tags = rest[7..];
        var tagsEnd = tags.IndexOf((byte)' ');
        if (tagsEnd < 0)
        {
            return false;
        }

        var partial = tagsEnd > 0 && tags[0] == 'P' && tags[1] is (byte)' ' or (byte)':';
        header = new CriHeader(timeEnd, timeEnd + 1 + 7 + tagsEnd + 1, stdout ? LogStreams.Stdout : LogStreams.Stderr, partial);
        return true;
    }
}
