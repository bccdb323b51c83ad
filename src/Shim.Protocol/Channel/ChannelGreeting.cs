namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>The first message of each side.</summary>
public sealed record ChannelGreeting
{
    /// <summary>The wire format; <see cref="ChannelLimits.Version"/>.</summary>
    public required int Version { get; init; }

    /// <summary>Who speaks, for messages about versions that do not match.</summary>
    public required string Program { get; init; }

    /// <summary>From the agent: where the shim may dial back to; absent keeps all data on the first transport.</summary>
    public DialBackOffer? DialBack { get; init; }
}
