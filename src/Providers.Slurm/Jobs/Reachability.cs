namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Whether Slurm answers.</summary>
/// <param name="IsReachable">The last question was answered.</param>
/// <param name="Since">Timestamp of when that became known, or last failed.</param>
/// <param name="Words">Slurm's own words.</param>
internal sealed record Reachability(bool IsReachable, long Since, string Words)
{
    /// <summary>Nothing was asked yet.</summary>
    public static Reachability Unknown { get; } = new(false, 0, "Slurm was not asked yet");
}
