namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>Where the agent waits for a TCP connection that shall carry the frames from then on.</summary>
/// <param name="Address">An IP address.</param>
/// <param name="Port">The TCP port.</param>
/// <param name="Secret">What the shim sends first, as it is; good for one connection.</param>
public sealed record DialBackOffer(string Address, int Port, byte[] Secret)
{
    /// <summary>Bytes of <see cref="Secret"/>.</summary>
    public const int SecretLength = 32;

    /// <summary>Leaves the secret out.</summary>
    public override string ToString() => $"{Address}:{Port}";
}
