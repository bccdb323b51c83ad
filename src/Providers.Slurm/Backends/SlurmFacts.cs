namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>What does not change while a Slurm controller runs.</summary>
/// <param name="Version">The controller's version, such as <c>22.05.8</c>.</param>
/// <param name="ClusterName">The cluster's name.</param>
/// <param name="HasAccounting">Whether sacct can answer.</param>
internal sealed record SlurmFacts(string Version, string ClusterName, bool HasAccounting)
{
    /// <summary>Reads <c>scontrol show config</c>.</summary>
    public static SlurmFacts Parse(string output)
    {
        var values = output.Split('\n')
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.Ordinal)
            .ToDictionary(pairs => pairs.Key, pairs => pairs.First()[1], StringComparer.Ordinal);
        return new SlurmFacts(
            values.GetValueOrDefault("SLURM_VERSION", "unknown"),
            values.GetValueOrDefault("ClusterName", "unknown"),
            values.GetValueOrDefault("AccountingStorageType") == "accounting_storage/slurmdbd");
    }
}
