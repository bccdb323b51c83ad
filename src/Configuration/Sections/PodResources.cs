using VirtualKubelet.Configuration.Reading;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Configuration.Sections;

/// <summary>What pods ask for, alike in defaults and limits.</summary>
internal static class PodResources
{
    public static Reader<Quantity> Cpu { get; } = Scalars.Quantity(new Quantity(0.001m), new Quantity(1_000_000));

    /// <summary>Slurm counts in megabytes; and 500m, half a byte, is a mistake that is worth catching.</summary>
    public static Reader<Quantity> Memory { get; } = Scalars.Quantity(new Quantity(1L << 20), new Quantity(1L << 60));

    /// <summary>Slurm counts in minutes.</summary>
    public static Reader<TimeSpan> TimeLimit { get; } = Scalars.Duration(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365), "1h or 30m");
}
