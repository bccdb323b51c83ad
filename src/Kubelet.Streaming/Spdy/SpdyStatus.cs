namespace VirtualKubelet.Kubelet.Streaming.Spdy;

/// <summary>Status codes of RST_STREAM, as far as we send them.</summary>
internal enum SpdyStatus
{
    ProtocolError = 1,
    RefusedStream = 3,
    Cancel = 5,
}
