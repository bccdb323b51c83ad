using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>What wakes the sync loop.</summary>
internal abstract record PodInput
{
    /// <summary>The pod source begins to tell everything.</summary>
    internal sealed record SourceBegins : PodInput;

    /// <summary>The pod source tells something.</summary>
    internal sealed record Source(PodSourceEvent News) : PodInput;

    /// <summary>All that the provider knows.</summary>
    internal sealed record Listed(IReadOnlyList<WorkloadStatus> All, long AskedAt) : PodInput;

    /// <summary>The provider reports a change.</summary>
    internal sealed record Reported(WorkloadStatus Status) : PodInput;

    /// <summary>Time passes.</summary>
    internal sealed record Tick : PodInput;
}
