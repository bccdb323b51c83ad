using System.Buffers;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>A piece of a data message.</summary>
/// <param name="Data">Its unmasked bytes, valid until the receiver returns; may be empty.</param>
/// <param name="IsFirst">Whether the message begins here.</param>
/// <param name="IsLast">Whether it ends here.</param>
/// <param name="IsText">Whether it was sent as text.</param>
internal readonly record struct MessagePart(ReadOnlySequence<byte> Data, bool IsFirst, bool IsLast, bool IsText);
