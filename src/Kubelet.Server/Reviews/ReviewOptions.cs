using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Kubelet.Server.Reviews;

/// <summary>How the API server is asked who somebody is and what they may do. The defaults are those of a kubelet, where it has any.</summary>
public sealed record ReviewOptions
{
    /// <summary>The API server, under an identity that may create TokenReviews and SubjectAccessReviews.</summary>
    public required ApiClient Client { get; init; }

    /// <summary>
    /// What TokenReviews go through; by default <see cref="Client"/>. One with a request rate of its own keeps strangers' tokens from holding up the
    /// SubjectAccessReviews of those who are known.
    /// </summary>
    public ApiClient TokenClient { get => field ?? Client; init; }

    /// <summary>The node whose subresources are asked about.</summary>
    public required string NodeName { get; init; }

    /// <summary>Time for a review with all its tries.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Tries of a review, the first included; 1 or more.</summary>
    public int Tries { get; init; } = 5;

    /// <summary>Wait before the second try; each further one is half as long again, and up to a fifth is added by chance.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Most answers kept, for tokens and for access each; beyond it those that would expire first are forgotten.</summary>
    public int MaxCached { get; init; } = 4096;

    /// <summary>Most reviews under way, for tokens and for access each; beyond it a request fails at once.</summary>
    public int MaxConcurrent { get; init; } = 256;
}
