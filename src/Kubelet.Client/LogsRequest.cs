using System.Globalization;

namespace VirtualKubelet.Kubelet.Client;

/// <summary>A request for a container's log; what is absent is not sent.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name.</param>
public sealed record LogsRequest(string Namespace, string Pod, string Container)
{
    /// <summary>Go on until the container has ended.</summary>
    public bool Follow { get; init; }

    /// <summary>The run before the current one.</summary>
    public bool Previous { get; init; }

    /// <summary>Prefix each line with its time.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Only what is not older than so many seconds, 1 or more, by the node's clock.</summary>
    public long? SinceSeconds { get; init; }

    /// <summary>Only what is not older than this. Excludes <see cref="SinceSeconds"/>.</summary>
    public DateTimeOffset? SinceTime { get; init; }

    /// <summary>Only the last so many lines, 0 or more.</summary>
    public long? TailLines { get; init; }

    /// <summary>At most so many bytes, 1 or more.</summary>
    public long? LimitBytes { get; init; }

    /// <summary><c>All</c>, <c>Stdout</c> or <c>Stderr</c>; kubelets before 1.32 ignore it.</summary>
    public string? Stream { get; init; }

    /// <summary>Path and query on a kubelet; keys are sorted, as the API server sends them.</summary>
    internal string ToPathAndQuery() => RequestTarget.Of("containerLogs", [Namespace, Pod, Container], Parameters());

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(bool flag) => flag ? "true" : null;

    private (string Key, string? Value)[] Parameters() =>
    [
        ("follow", Text(Follow)),
        ("limitBytes", Text(LimitBytes)),
        ("previous", Text(Previous)),
        ("sinceSeconds", Text(SinceSeconds)),
        ("sinceTime", SinceTime?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)),
        ("stream", Stream),
        ("tailLines", Text(TailLines)),
        ("timestamps", Text(Timestamps)),
    ];
}
