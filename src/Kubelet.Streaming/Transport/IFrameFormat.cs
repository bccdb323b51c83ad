namespace VirtualKubelet.Kubelet.Streaming.Transport;

/// <summary>How the bytes of one stream become frames. The header is written in front of the payload, into the same buffer.</summary>
internal interface IFrameFormat
{
    /// <summary>Bytes kept free in front of the payload.</summary>
    int HeadRoom { get; }

    /// <summary>Payload bytes of an ordinary frame.</summary>
    int PayloadBytes { get; }

    /// <summary>The frame that half-closes the stream; empty when the protocol has none.</summary>
    ReadOnlyMemory<byte> End { get; }

    /// <summary>Size of a buffer for a payload, with all that is added to it.</summary>
    int BufferBytes(int payloadBytes);

    /// <summary>Completes the frame whose payload stands at <see cref="HeadRoom"/>.</summary>
    ReadOnlyMemory<byte> Frame(byte[] buffer, int payloadBytes);
}
