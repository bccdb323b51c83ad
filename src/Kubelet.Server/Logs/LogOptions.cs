using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Logs;

/// <summary>What a request asks of a log (core/v1 <c>PodLogOptions</c>), decoded and valid; absent never means zero.</summary>
internal sealed record LogOptions
{
    public bool Follow { get; init; }

    public bool Previous { get; init; }

    public bool Timestamps { get; init; }

    /// <summary>1 or more, never together with <see cref="SinceTime"/>.</summary>
    public long? SinceSeconds { get; init; }

    /// <summary>The zero time (<see cref="DateTimeOffset.MinValue"/>) is present, not absent.</summary>
    public DateTimeOffset? SinceTime { get; init; }

    /// <summary>0 or more.</summary>
    public long? TailLines { get; init; }

    /// <summary>1 or more.</summary>
    public long? LimitBytes { get; init; }

    public LogStream Stream { get; init; }

    /// <summary>The oldest record wanted, by the agent's clock.</summary>
    public DateTimeOffset? Since(DateTimeOffset now) => SinceSeconds switch
    {
        null => SinceTime == DateTimeOffset.MinValue ? null : SinceTime,
        { } seconds => seconds < (now - DateTimeOffset.MinValue).TotalSeconds ? now.AddSeconds(-seconds) : null,
    };
}
