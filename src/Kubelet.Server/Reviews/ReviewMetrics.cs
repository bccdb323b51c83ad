using System.Diagnostics.Metrics;
using VirtualKubelet.Kubelet.Server.Metrics;

namespace VirtualKubelet.Kubelet.Server.Reviews;

/// <summary>What is counted about reviews; answers from memory are none.</summary>
internal static class ReviewMetrics
{
    private static readonly Counter<long> Reviews = ServerMetrics.Meter.CreateCounter<long>(
        "vk_slurm.kubelet.reviews", "{review}", "TokenReviews and SubjectAccessReviews that were asked of the API server, by kind and result.");

    /// <summary>Counts a review that was answered.</summary>
    public static void Answered(string kind, bool isPositive) => Count(kind, isPositive ? "positive" : "negative");

    /// <summary>Counts a review that got no answer after all its tries.</summary>
    public static void Failed(string kind) => Count(kind, "error");

    private static void Count(string kind, string result) => Reviews.Add(1, new("kind", kind), new("result", result));
}
