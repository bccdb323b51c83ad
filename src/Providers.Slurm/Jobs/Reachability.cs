namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Whether Slurm answers.</summary>
/// <param name="IsReachable">The last question was answered.</param>
/// <param name="Since">When that became known, or last failed.</param>
/// <param name="Words">Slurm's own words.</param>
internal sealed record Reachability(bool IsReachable, DateTimeOffset Since, string Words)
{
    /// <summary>Nothing was asked yet.</summary>
    public static Reachability Unknown { get; } = new(false, DateTimeOffset.MinValue, "Slurm was not asked yet");
}
