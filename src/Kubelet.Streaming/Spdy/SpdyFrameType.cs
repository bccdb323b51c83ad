namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>Frame types of SPDY/3; 0 is our name for a data frame, which has none.</summary>
internal enum SpdyFrameType : ushort
{
    Data = 0,
    SynStream = 1,
    SynReply = 2,
    RstStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    Headers = 8,
    WindowUpdate = 9,
}
