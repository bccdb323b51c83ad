using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>What the API server answered to the last patch of a pod's status.</summary>
/// <param name="Answer">The pod as it then was.</param>
/// <param name="Refused">The patch that would still have been needed: what the server took without doing it. Null when nothing was.</param>
internal sealed record WrittenStatus(Pod Answer, string? Refused)
{
    /// <summary>The newer one of a pod as a watch shows it and as it was answered.</summary>
    public static Pod Newest(Pod watched, WrittenStatus? written) =>
        written is not null && written.Answer.Metadata.Uid == watched.Metadata.Uid && Version(written.Answer) > Version(watched) ? written.Answer : watched;

    /// <summary>Whether the server has taken a patch before without doing it, and will again.</summary>
    public bool IsVain(Pod stored, string patch) => patch == Refused && stored.Metadata.Uid == Answer.Metadata.Uid;

    // Versions are numbers on every API server there is, and by contract since 1.35; of others the watch's word counts.
    private static ulong Version(Pod pod) => ulong.TryParse(pod.Metadata.ResourceVersion, out var version) ? version : 0;
}
