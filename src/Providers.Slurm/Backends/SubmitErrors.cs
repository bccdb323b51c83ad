namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>
/// Tells a refusal for good from one that may pass. sbatch has one exit code for all, so its words decide; they are the fixed
/// texts of slurm_strerror (Slurm's src/common/slurm_errno.c). What is not listed may pass: a pod that waits with Slurm's own
/// words in its status can be mended or deleted, one that failed by mistake is lost.
/// </summary>
internal static class SubmitErrors
{
    private static readonly string[] Permanent =
    [
        "Invalid partition name specified",
        "Invalid account or account/partition combination specified",
        "Invalid qos specification",
        "Invalid feature specification",
        "Invalid generic resource (gres) specification",
        "Invalid Trackable RESource (TRES) specification",
        "Invalid license specification",
        "Requested reservation is invalid",
        "Requested time limit is invalid (missing or exceeds some limit)",
        "Requested node configuration is not available",
        "Requested partition configuration not available now",
        "Memory required by task is not available",
        "CPU count per node can not be satisfied",
        "Node count specification invalid",
        "More processors requested than permitted",
        "Requested node(s) not in partition",
        "Invalid node name specified",
        "User's group not permitted to use this partition",
        "Access/permission denied",
        "Invalid user id",
        "Job dependency problem",
        "Invalid wckey specification",
        "unrecognized option",
        "invalid option",
        "Invalid numeric value",
        "Invalid time limit specification",
        "Invalid --",
        "Unable to open file",
    ];

    /// <summary>What an sbatch that failed means.</summary>
    public static ProviderException Classify(string words) =>
        Permanent.Any(text => words.Contains(text, StringComparison.OrdinalIgnoreCase))
            ? new ProviderException(ProviderErrorKind.Rejected, words)
            : new ProviderException(ProviderErrorKind.Unavailable, words);
}
