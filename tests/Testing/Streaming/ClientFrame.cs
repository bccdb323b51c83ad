namespace VirtualKubelet.Testing.Streaming;

/// <summary>A SPDY frame as a client receives it.</summary>
/// <param name="Type">0 for data.</param>
/// <param name="StreamId">The stream, or the first word of a control frame without one.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="Payload">What follows the header, of data frames and control frames alike.</param>
public sealed record ClientFrame(int Type, uint StreamId, byte Flags, byte[] Payload)
{
    public const int Data = 0;
    public const int SynReply = 2;
    public const int RstStream = 3;
    public const int Ping = 6;
    public const int GoAway = 7;

    public bool IsFin => (Flags & 1) != 0;
}
