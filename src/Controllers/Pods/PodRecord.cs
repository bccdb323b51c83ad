using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>What is known of one pod by UID: what is wanted, what the provider has, what was published. Guarded by <see cref="PodTable"/>.</summary>
internal sealed class PodRecord(WorkloadId id)
{
    private const int DefaultGraceSeconds = 30;

    /// <summary>The pod's identity.</summary>
    public WorkloadId Id => id;

    /// <summary>The pod as declared; null for one that only the provider knows.</summary>
    public Pod? Pod { get; set; }

    /// <summary>The pod whose labels and annotations the provider has; null when unknown, as after a restart.</summary>
    public Pod? Applied { get; set; }

    /// <summary>The files that the provider has; those of volumes that are not among them are unknown.</summary>
    public VolumeDigests Given { get; set; } = VolumeDigests.None;

    /// <summary>Timestamp of when the provider last took files of the running pod; null when it has not.</summary>
    public long? RefreshedAt { get; set; }

    /// <summary>The provider was given the pod without an answer: it may have it, with other files than those it is given next.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>What the provider said last.</summary>
    public PodStatus? Reported { get; set; }

    /// <summary>The complete status.</summary>
    public PodStatus? Status { get; set; }

    /// <summary>The backend's name for what runs it.</summary>
    public string? JobId { get; set; }

    /// <summary>Timestamp since when the provider knows the pod; null when it does not.</summary>
    public long? KnownSince { get; set; }

    /// <summary>The grace the provider was last asked to end the pod in; null when it was not asked.</summary>
    public TimeSpan? AskedGrace { get; set; }

    /// <summary>When the pod is to have ended; present once the provider was asked to delete it.</summary>
    public DateTimeOffset? DeletionTimestamp { get; set; }

    /// <summary>The provider has said that it has nothing of the pod, or nothing any more.</summary>
    public bool IsEnded { get; set; }

    /// <summary>The grace that came with the wish to end the pod.</summary>
    public TimeSpan? WishedGrace { get; set; }

    /// <summary>Whether the provider knows the pod.</summary>
    public bool IsKnown => KnownSince is not null;

    /// <summary>Time from SIGTERM to SIGKILL; a kubelet's default where the pod is not known.</summary>
    public TimeSpan GracePeriod => WishedGrace ?? TimeSpan.FromSeconds(Pod?.Spec.TerminationGracePeriodSeconds ?? DefaultGraceSeconds);

    /// <summary>Whether the provider has yet to be asked to end the pod, or to end it sooner.</summary>
    public bool IsToBeAsked => AskedGrace is not { } asked || GracePeriod < asked;
}
