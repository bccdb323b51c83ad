using System.Buffers.Binary;

namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>One exec, attach or connection within a channel, at either end.</summary>
public abstract class ChannelSession
{
    private protected ChannelSession(uint id, FrameSender sender)
    {
        Id = id;
        Sender = sender;
    }

    /// <summary>Number of the session, never used twice in a channel.</summary>
    public uint Id { get; }

    private protected FrameSender Sender { get; }

    internal abstract IncomingLane Incoming(Lane lane);

    internal abstract OutgoingLane Outgoing(Lane lane);

    /// <summary>A frame of the session that is neither data, end nor credit.</summary>
    internal abstract void Receive(in Frame frame);

    /// <summary>The channel has ended.</summary>
    internal abstract void Abandon(Exception reason);

    private protected static byte[] Encode(WindowSize size)
    {
        var payload = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(payload, size.ToNumber());
        return payload;
    }

    private protected static ChannelProtocolException Misdirected(object what) => new($"{what} from the wrong end");
}
