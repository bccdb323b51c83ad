namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>
/// Cuts frames into writes that nobody else's can tear: a pipe takes <see cref="MaxSize"/> bytes in one piece (pipe(7)). For a pipe into which others
/// write as well, so that what they write stands between frames (<see cref="Interjection"/>) and never within one. Data frames become smaller ones;
/// a larger greeting or closing message is left whole.
/// </summary>
public ref struct FramePieces
{
    /// <summary>Bytes of a piece, at most: PIPE_BUF of Linux.</summary>
    public const int MaxSize = 4096;

    private readonly Span<byte> room;
    private ReadOnlySpan<byte> rest;
    private FrameHeader cut;

    /// <summary>Begins.</summary>
    /// <param name="frames">Whole frames, the preamble before them or not.</param>
    /// <param name="room"><see cref="MaxSize"/> bytes for what is not sent as it lies.</param>
    public FramePieces(ReadOnlySpan<byte> frames, Span<byte> room)
    {
        rest = frames;
        this.room = room[..MaxSize];
    }

    /// <summary>The next piece, valid until the one after it; false when there is none.</summary>
    public bool TryNext(out ReadOnlySpan<byte> piece)
    {
        piece = cut.Length > 0 ? CutOff() : rest.StartsWith(Preamble.Bytes) ? Take(Preamble.Bytes.Length) : TakeFrames();
        return !piece.IsEmpty;
    }

    private ReadOnlySpan<byte> TakeFrames()
    {
        var size = 0;
        while (size < rest.Length)
        {
            var header = FrameHeader.Parse(rest[size..]);
            var end = size + FrameHeader.Size + header.Length;
            if (end > MaxSize)
            {
                return size > 0 ? Take(size) : header.Type == FrameType.Data ? BeginCut(header) : Take(end);
            }

            size = end;
        }

        return Take(size);
    }

    private ReadOnlySpan<byte> BeginCut(FrameHeader header)
    {
        rest = rest[FrameHeader.Size..];
        cut = header;
        return CutOff();
    }

    private ReadOnlySpan<byte> CutOff()
    {
        var length = Math.Min(cut.Length, MaxSize - FrameHeader.Size);
        (cut with { Length = length }).Write(room);
        Take(length).CopyTo(room[FrameHeader.Size..]);
        cut = cut with { Length = cut.Length - length };
        return room[..(FrameHeader.Size + length)];
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}
