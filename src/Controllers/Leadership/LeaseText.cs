using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Coordination;

namespace VirtualKubelet.Controllers.Leadership;

/// <summary>
/// What is written into the lease. To Kubernetes it is the heartbeat of the node, as a kubelet's; an annotation makes it the lock between
/// agents, too. It is one object because a node's identity may touch no other lease.
/// </summary>
internal static class LeaseText
{
    /// <summary>Where the leases of nodes are.</summary>
    public const string Namespace = "kube-node-lease";

    /// <summary>The annotation that names the agent.</summary>
    public const string AgentAnnotation = "slurm.virtual-kubelet.io/agent";

    // A clock set back must not stop the heartbeat: the node controller counts only later times.
    private static readonly TimeSpan SmallestStep = TimeSpan.FromMilliseconds(1);

    /// <summary>The agent that holds a lease; null when none does.</summary>
    public static string? AgentOf(Lease lease) =>
        lease.Metadata.Annotations?.GetValueOrDefault(AgentAnnotation) is { Length: > 0 } agent ? agent : null;

    /// <summary>
    /// Whether its holder has given a lease back. One without the annotation is another matter: it is nobody's, or a kubelet's that never heard of it.
    /// </summary>
    public static bool IsGivenBack(Lease lease) => lease.Metadata.Annotations?.ContainsKey(AgentAnnotation) == true && AgentOf(lease) is null;

    /// <summary>Whether a lease is still that of an agent who wrote <paramref name="mine"/>: nobody took it since, not even to give it back.</summary>
    public static bool IsStillHeld(Lease now, Lease mine, string agent) => AgentOf(now) switch
    {
        null => now.Metadata.Uid == mine.Metadata.Uid && now.Spec.LeaseTransitions == mine.Spec.LeaseTransitions,
        var other => other == agent,
    };

    /// <summary>The lease as an agent takes it.</summary>
    public static Lease Take(Lease? before, NodeLeaseOptions options, DateTimeOffset now)
    {
        var lease = before ?? New(options);
        return Renew(
            lease with
            {
                Spec = lease.Spec with
                {
                    AcquireTime = now,
                    LeaseTransitions = before is null ? 0 : (lease.Spec.LeaseTransitions ?? 0) + 1,
                },
            },
            options,
            now);
    }

    /// <summary>The lease as an agent renews it.</summary>
    public static Lease Renew(Lease lease, NodeLeaseOptions options, DateTimeOffset now) => lease with
    {
        Metadata = lease.Metadata with { Annotations = Annotations(lease, options.Agent) },
        Spec = lease.Spec with
        {
            HolderIdentity = options.NodeName,
            LeaseDurationSeconds = (int)options.Duration.TotalSeconds,
            RenewTime = lease.Spec.RenewTime is { } last && last + SmallestStep > now ? last + SmallestStep : now,
        },
    };

    /// <summary>The lease as an agent gives it back.</summary>
    public static Lease Release(Lease lease) => lease with { Metadata = lease.Metadata with { Annotations = Annotations(lease, "") } };

    /// <summary>A lease that is gone, to be created anew.</summary>
    public static Lease Renewable(Lease gone, NodeLeaseOptions options) => New(options) with { Spec = gone.Spec };

    /// <summary>The lease with its node for an owner, and no earlier namesake of that; null is no owner.</summary>
    public static Lease Own(Lease lease, string nodeName, string? nodeUid)
    {
        var others = (lease.Metadata.OwnerReferences ?? []).Where(o => o.Kind != "Node");
        OwnerReference[] owners = nodeUid is null
            ? [.. others]
            : [.. others, new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = nodeName, Uid = nodeUid }];
        return lease with { Metadata = lease.Metadata with { OwnerReferences = owners.Length > 0 ? owners : null } };
    }

    private static Lease New(NodeLeaseOptions options) => new() { Metadata = new() { Name = options.NodeName, Namespace = Namespace } };

    private static Dictionary<string, string> Annotations(Lease lease, string agent) =>
        new(lease.Metadata.Annotations ?? new Dictionary<string, string>()) { [AgentAnnotation] = agent };
}
