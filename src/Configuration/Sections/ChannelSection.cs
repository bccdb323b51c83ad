using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary><c>spec.channel</c>.</summary>
internal static class ChannelSection
{
    public static Section<ChannelConfiguration> Instance { get; } = new Section<ChannelConfiguration>(new ChannelConfiguration())
        .Key("idlePeriod", Scalars.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), "5m or 1h"), c => c.IdlePeriod, (c, v) => c with { IdlePeriod = v },
            "How long a channel without a session is kept, so that the next session need not wait for Slurm, 1s to 24h.")
        .Key("startTimeout", Scalars.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "30s or 1m"), c => c.StartTimeout, (c, v) => c with { StartTimeout = v },
            "How long a channel may take to start, 1s to 10m; srun waits while Slurm is busy.")
        .Key("dialBack", Scalars.Boolean, c => c.DialBack, (c, v) => c with { DialBack = v },
            "Whether the compute node dials back to the agent, so that data goes over TCP, unencrypted as srun's own, instead of srun's pipes. Where it cannot, the pipes are used.")
        .Key("dialBackAddress", Scalars.IpAddress, c => c.DialBackAddress, (c, v) => c with { DialBackAddress = v },
            "IP address of the agent as the compute nodes reach it. Default: that of its first network interface.");
}
