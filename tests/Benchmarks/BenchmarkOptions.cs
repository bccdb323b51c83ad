namespace VirtualKubelet.Benchmarks;

/// <summary>How large the measurements are.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>Size of the log that is read, in MiB.</summary>
    public long LogMebibytes { get; init; } = 1024;

    /// <summary>Pods submitted at once.</summary>
    public int Pods { get; init; } = 1000;

    /// <summary>Pods that an agent's memory is measured with.</summary>
    public int AgentPods { get; init; } = 5000;

    /// <summary>Followers of one file.</summary>
    public int Followers { get; init; } = 500;

    /// <summary>Rounds whose medians count.</summary>
    public int Rounds { get; init; } = 5;
}
