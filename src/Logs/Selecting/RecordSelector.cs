using VirtualKubelet.Logs.Cri;
using VirtualKubelet.Logs.Docker;

namespace VirtualKubelet.Logs.Selecting;

/// <summary>
/// Turns windows of a log file into what the client asked for, line by line as the kubelet's reader does: since filter, time prefix, byte limit.
/// Holds no bytes: a line that is not complete yet is left to the caller, one that outgrows the caller's window is passed on in pieces.
/// </summary>
/// <param name="selection">What the client asked for; its tail has already been found.</param>
/// <param name="maxRecords">Most records to take, whether shown or filtered out; absent: no bound.</param>
internal sealed class RecordSelector(LogSelection selection, long? maxRecords)
{
    private const byte LineFeed = (byte)'\n';

    private readonly long? _since = selection.Since?.UtcTicks;
    private readonly bool _timestamps = selection.Timestamps;
    private readonly LogStreams _streams = selection.Streams;
    private long _bytesLeft = selection.LimitBytes ?? long.MaxValue;
    private long _recordsLeft = maxRecords ?? long.MaxValue;
    private LineFormat _format;
    private LongLine _longLine;
    private bool _longLineIsPartial;

    // One flag for both streams, set by shown and filtered records alike, as in the kubelet: it decides which records get a prefix.
    private bool _atLineStart = true;

    /// <summary>Whether a limit has been reached and nothing more will be shown.</summary>
    public bool IsDone => _bytesLeft <= 0 || _recordsLeft <= 0;

    /// <summary>Whether the next window goes on with a line that is being passed on in pieces.</summary>
    public bool IsInLongLine => _longLine != LongLine.None;

    /// <summary>Shows the lines of <paramref name="window"/>, which begins where the last one was left.</summary>
    /// <returns>Bytes taken; all of them unless the end is <see cref="WindowEnd.More"/> or <see cref="WindowEnd.Full"/> or a limit is reached.</returns>
    public int Process(ReadOnlySpan<byte> window, WindowEnd end, ref OutputCursor output)
    {
        var at = _longLine == LongLine.None ? 0 : ContinueLongLine(window, ref output);
        while (at < window.Length && !IsDone)
        {
            var rest = window[at..];
            if (_format == LineFormat.Cri && CriHeader.TryParseUsual(rest, out var header))
            {
                var length = rest[header.ContentStart..].IndexOf(LineFeed) + 1;
                if (length > 0)
                {
                    length += header.ContentStart;
                    TakeRecord(rest[..length], header, ref output);
                    at += length;
                    continue;
                }
            }

            var taken = TakeLine(rest, at == 0 ? end : EndOfLaterLine(end), ref output);
            if (taken == 0)
            {
                break;
            }

            at += taken;
        }

        if (end == WindowEnd.Final)
        {
            EndLongLine();
        }

        return at;
    }

    /// <summary>Ends a line that was passed on in pieces: it is complete, or the file goes no further.</summary>
    public void EndLongLine()
    {
        if (_longLine is not (LongLine.None or LongLine.Bad))
        {
            _recordsLeft--;
        }

        _longLine = LongLine.None;
    }

    // Only a line at the beginning of a full window cannot be completed by moving the window.
    private static WindowEnd EndOfLaterLine(WindowEnd end) => end == WindowEnd.Full ? WindowEnd.More : end;

    private int TakeLine(ReadOnlySpan<byte> rest, WindowEnd end, ref OutputCursor output)
    {
        var length = rest.IndexOf(LineFeed) + 1;
        if (length == 0)
        {
            switch (end)
            {
                case WindowEnd.More:
                    return 0;
                case WindowEnd.Full:
                    BeginLongLine(rest, ref output);
                    return rest.Length;
            }

            length = rest.Length;
        }

        var line = rest[..length];
        if (_format == LineFormat.Unknown)
        {
            _format = LineFormats.Recognise(line);
        }

        if (_format == LineFormat.DockerJson)
        {
            TakeDockerLine(line, ref output);
        }
        else if (CriHeader.TryParse(line, out var header))
        {
            TakeRecord(line, header, ref output);
        }

        return length;
    }

    private void TakeRecord(ReadOnlySpan<byte> record, CriHeader header, ref OutputCursor output)
    {
        var content = record[header.ContentStart..];
        if (header.IsPartial && content is [.., LineFeed])
        {
            content = content[..^1];
        }

        _recordsLeft--;
        Show(record[..header.TimeLength], header.Stream, content, ref output);
        _atLineStart = content is [] or [.., LineFeed];
    }

    private void TakeDockerLine(ReadOnlySpan<byte> line, ref OutputCursor output)
    {
        if (!DockerJsonLine.TryParse(line, out var parsed))
        {
            return;
        }

        _recordsLeft--;
        Show(parsed.Time, parsed.Stream, parsed.Text, ref output);
        _atLineStart = parsed.Text is [] or [.., LineFeed];
    }

    /// <summary>Shows a record, or its first piece, unless it is filtered out; tells whether it was shown.</summary>
    private bool Show(ReadOnlySpan<byte> time, LogStreams stream, ReadOnlySpan<byte> content, ref OutputCursor output)
    {
        if ((_streams != LogStreams.All && _streams != stream) || (_since is { } since && IsBefore(time, since)))
        {
            return false;
        }

        if (_timestamps && _atLineStart)
        {
            ShowTime(time, ref output);
        }

        Put(content, ref output);
        return true;
    }

    private static bool IsBefore(ReadOnlySpan<byte> time, long since)
    {
        if (time is [.., (byte)'Z'] && time.Length == CriTime.UsualLength && time[19] == '.')
        {
            return CriTime.UsualTicks(time) < since;
        }

        _ = CriTime.TryParse(time, out var ticks);
        return ticks < since;
    }

    private void ShowTime(scoped ReadOnlySpan<byte> time, ref OutputCursor output)
    {
        Span<byte> prefix = stackalloc byte[CriTime.MaxFormattedLength + 1];
        var length = CriTime.UsualLength;
        if (time.Length == CriTime.UsualLength && time[^1] == 'Z')
        {
            time.CopyTo(prefix);
            prefix[19] = (byte)'.';
        }
        else
        {
            length = CriTime.Format(time, prefix);
        }

        prefix[length] = (byte)' ';
        Put(prefix[..(length + 1)], ref output);
    }

    private void Put(scoped ReadOnlySpan<byte> bytes, ref OutputCursor output)
    {
        if (bytes.Length > _bytesLeft)
        {
            bytes = bytes[..(int)_bytesLeft];
        }

        _bytesLeft -= bytes.Length;
        output.Write(bytes);
    }

    private void BeginLongLine(ReadOnlySpan<byte> piece, ref OutputCursor output)
    {
        if (_format == LineFormat.Unknown)
        {
            _format = LineFormats.Recognise(piece);
        }

        // A JSON line cannot be read in pieces; Docker writes none of this length.
        if (_format != LineFormat.Cri || !CriHeader.TryParse(piece, out var header))
        {
            _longLine = LongLine.Bad;
            return;
        }

        var shown = Show(piece[..header.TimeLength], header.Stream, piece[header.ContentStart..], ref output);
        _longLine = shown ? LongLine.Shown : LongLine.Hidden;
        _longLineIsPartial = header.IsPartial;
        _atLineStart = false;
    }

    private int ContinueLongLine(ReadOnlySpan<byte> window, ref OutputCursor output)
    {
        var end = window.IndexOf(LineFeed);
        var length = end < 0 ? window.Length : end + 1;
        if (_longLine == LongLine.Shown)
        {
            Put(window[..(end >= 0 && _longLineIsPartial ? end : length)], ref output);
        }

        if (end >= 0)
        {
            _atLineStart = _longLine == LongLine.Bad ? _atLineStart : !_longLineIsPartial;
            EndLongLine();
        }

        return length;
    }
}
