namespace VirtualKubelet.Kubelet.Streaming;

/// <summary>Headers by which a client says what a stream is for (Kubernetes' <c>StreamType</c>, <c>Port</c>, <c>requestID</c>), in wire case.</summary>
internal static class StreamHeaders
{
    public const string StreamType = "streamtype";
    public const string Port = "port";
    public const string RequestId = "requestid";
    public const string StreamId = ":stream-id";

    public const string Error = "error";
    public const string Data = "data";
    public const string Stdin = "stdin";
    public const string Stdout = "stdout";
    public const string Stderr = "stderr";
    public const string Resize = "resize";
}
