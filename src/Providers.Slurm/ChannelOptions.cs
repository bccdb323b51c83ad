using System.Net;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>How running pods are reached for exec, attach and port-forward: through one channel a pod, started at the first need.</summary>
public sealed record ChannelOptions
{
    /// <summary>How long a channel without a session is kept, so that the next session need not wait for Slurm.</summary>
    public TimeSpan IdlePeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a channel may take to start: Slurm queues job steps when it is busy.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the shim may dial back, so that data goes over TCP instead of Slurm's pipes. The agent listens on a port of its own for each channel, until
    /// one connection has shown a secret that only the channel's shim knows, for ten seconds at most. As between srun and its steps, the data is not encrypted.
    /// </summary>
    public bool DialBack { get; init; } = true;

    /// <summary>The address to dial back to, as the compute nodes reach this machine; absent takes that of its first network interface, or loopback for local jobs.</summary>
    public IPAddress? DialBackAddress { get; init; }
}
