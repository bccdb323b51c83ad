using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>What the API server answered to the last patch of a pod's status.</summary>
/// <param name="Answer">The pod as it then was.</param>
/// <param name="Refused">The patch that would still have been needed: what the server took without doing it, or did not take. Null when nothing was.</param>
/// <param name="IsInvalid">Whether the server said that the status is not valid.</param>
internal sealed record WrittenStatus(Pod Answer, string? Refused, bool IsInvalid = false)
{
    /// <summary>The newer one of a pod as a watch shows it and as it was answered.</summary>
    public static Pod Newest(Pod watched, WrittenStatus? written) =>
        written is not null && written.Answer.Metadata.Uid == watched.Metadata.Uid && Version(written.Answer) > Version(watched) ? written.Answer : watched;

    /// <summary>Whether the server has taken a patch before without doing it, or not taken it, and will again: what is valid depends on the pod as it is.</summary>
    public bool IsVain(Pod stored, string patch) =>
        patch == Refused && stored.Metadata.Uid == Answer.Metadata.Uid && (!IsInvalid || stored.Metadata.ResourceVersion == Answer.Metadata.ResourceVersion);

    // Versions are numbers on every API server there is, and by contract since 1.35; of others the watch's word counts.
    private static ulong Version(Pod pod) => ulong.TryParse(pod.Metadata.ResourceVersion, out var version) ? version : 0;
}
