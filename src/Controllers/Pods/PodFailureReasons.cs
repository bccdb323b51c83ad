namespace VirtualKubelet.Controllers.Pods;

/// <summary>Reasons of our own in a pod's status.</summary>
internal static class PodFailureReasons
{
    /// <summary>Failed: the manifest declares no pod that could run.</summary>
    public const string InvalidManifest = "InvalidManifest";

    /// <summary>Failed: the pod contradicts itself, or the provider's rules.</summary>
    public const string InvalidPod = "InvalidPod";

    /// <summary>Failed: the pod ran, but nobody knows what became of it.</summary>
    public const string Lost = "SlurmJobLost";

    /// <summary>Failed: the node holds as many pods as it may; a kubelet's word for it.</summary>
    public const string OutOfPods = "OutOfpods";

    /// <summary>Pending: the provider could not take the pod and is asked again.</summary>
    public const string Unavailable = "ProviderUnavailable";

    /// <summary>Pending: an earlier pod of the same name has not ended yet.</summary>
    public const string WaitingForPredecessor = "WaitingForPredecessor";

    private const int MaxErrors = 20;

    /// <summary>All errors in one message a person can read.</summary>
    public static string Join(IReadOnlyList<string> errors) => errors.Count <= MaxErrors
        ? string.Join("; ", errors)
        : string.Join("; ", errors.Take(MaxErrors)) + $"; and {errors.Count - MaxErrors} more";
}
