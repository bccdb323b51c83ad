using VirtualKubelet.Kubernetes.Coordination;

namespace VirtualKubelet.Controllers.Leadership;

/// <summary>
/// What a stand-by has seen of the lease, and for how long by its own clock; the times in the lease are another machine's and are only
/// compared with each other.
/// </summary>
internal sealed class LeaseObservation(NodeLeaseOptions options, TimeProvider time)
{
    private (string? Uid, string? Agent, DateTimeOffset? Renewed, int? Transitions)? _seen;
    private long _seenAt;

    /// <summary>Whether the lease, read just now, may be taken.</summary>
    public bool MayTake(Lease? lease)
    {
        var agent = lease is null ? null : LeaseText.AgentOf(lease);
        if (lease is null ? _seen is null : LeaseText.IsGivenBack(lease) || agent == options.Agent)
        {
            return true;
        }

        // A lease that vanishes while somebody holds it was deleted by hand, or for the node's sake: its holder is about to create it anew.
        var now = (lease?.Metadata.Uid, agent, lease?.Spec.RenewTime, lease?.Spec.LeaseTransitions);
        if (_seen != now)
        {
            _seen = now;
            _seenAt = time.GetTimestamp();
            return false;
        }

        return time.GetElapsedTime(_seenAt) >= Patience(lease);
    }

    private TimeSpan Patience(Lease? lease) =>
        lease?.Spec.LeaseDurationSeconds is { } seconds && seconds > options.Duration.TotalSeconds ? TimeSpan.FromSeconds(seconds) : options.Duration;
}
