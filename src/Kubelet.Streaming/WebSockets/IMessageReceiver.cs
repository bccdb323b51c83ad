using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>What is done with the messages of a WebSocket.</summary>
internal interface IMessageReceiver
{
    /// <summary>Handles one piece; throws <see cref="ProtocolException"/> to close the WebSocket with its code.</summary>
    ValueTask ReceiveAsync(MessagePart part, CancellationToken cancellationToken);

    /// <summary>Nothing more will arrive.</summary>
    void Ended();
}
