using System.Buffers;

namespace VirtualKubelet.Kubelet.Streaming.Transport;

/// <summary>What a protocol does with the bytes of its connection.</summary>
internal interface IFrameReceiver
{
    /// <summary>Handles what has arrived in full and returns how far it got; throws <see cref="ProtocolException"/>.</summary>
    ValueTask<SequencePosition> ReceiveAsync(ReadOnlySequence<byte> input, CancellationToken cancellationToken);

    /// <summary>Whether the peer has said its last word and waits for us to close the connection.</summary>
    bool IsOver { get; }

    /// <summary>The last frame of a connection whose peer broke the protocol; may be empty.</summary>
    ReadOnlyMemory<byte> Farewell(ProtocolException error);

    /// <summary>Nothing more will arrive.</summary>
    void Ended();

    /// <summary>Nothing has happened for the idle time: closes the connection.</summary>
    Task CloseIdleAsync(CancellationToken cancellationToken);
}
