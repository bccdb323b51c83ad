using System.Buffers;
using System.IO.Pipelines;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>
/// Cuts the body of a watch into lines, one event each. Holds one line at most; bytes that were searched for its end are not searched again.
/// </summary>
internal sealed class WatchLines(PipeReader pipe, int maxBytes)
{
    private long _searched;
    private SequencePosition? _next;

    /// <summary>
    /// The next line without its end, valid until the next call; null when the body ended between two lines. Lines of white space are skipped.
    /// </summary>
    /// <exception cref="InvalidDataException">The body ended within a line, or a line is too long.</exception>
    public async ValueTask<ReadOnlySequence<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_next is { } consumed)
        {
            pipe.AdvanceTo(consumed);
            _next = null;
        }

        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (TryCut(ref buffer, out var line))
            {
                _next = buffer.Start;
                return line;
            }

            if (result.IsCompleted)
            {
                return IsBlank(buffer) ? null : throw new InvalidDataException("the watch ended in the middle of an event");
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private bool TryCut(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        while (buffer.Slice(_searched).PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            _searched = 0;
            Bound(line.Length);
            if (!IsBlank(line))
            {
                return true;
            }
        }

        line = default;
        _searched = buffer.Length;
        Bound(_searched);
        return false;
    }

    private void Bound(long length)
    {
        if (length > maxBytes)
        {
            throw new InvalidDataException($"an event of the watch is longer than {maxBytes} bytes");
        }
    }

    private static bool IsBlank(in ReadOnlySequence<byte> bytes)
    {
        foreach (var part in bytes)
        {
            if (part.Span.ContainsAnyExcept(" \t\r\n"u8))
            {
                return false;
            }
        }

        return true;
    }
}
