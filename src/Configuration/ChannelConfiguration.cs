using System.Net;

namespace VirtualKubelet.Configuration;

/// <summary>How running pods are reached for exec, attach and port-forward: through one job step a pod, started at the first need.</summary>
public sealed record ChannelConfiguration
{
    /// <summary>How long a channel without a session is kept, so that the next session need not wait for Slurm.</summary>
    public TimeSpan IdlePeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a channel may take to start.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the compute node dials back, so that data goes over TCP, unencrypted, instead of Slurm's pipes.</summary>
    public bool DialBack { get; init; } = true;

    /// <summary>The address it dials; absent means that of the agent's first network interface.</summary>
    public IPAddress? DialBackAddress { get; init; }
}
