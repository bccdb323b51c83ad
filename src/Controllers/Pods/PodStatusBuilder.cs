using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Completes what a provider reports to the status a kubelet would post.</summary>
internal sealed class PodStatusBuilder(string hostAddress, TimeProvider time)
{
    /// <summary>The status of a pod that is wanted but not known to the provider yet.</summary>
    public PodStatus Pending(Pod pod, PodStatus? previous, string? reason = null, string? message = null) =>
        Complete(pod, new PodStatus { Phase = PodPhases.Pending, Reason = reason, Message = message }, previous);

    /// <summary>The status of a pod some of whose containers cannot be configured yet.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="previous">The status so far.</param>
    /// <param name="problems">What is missing, by container.</param>
    public PodStatus Unconfigured(Pod pod, PodStatus? previous, IReadOnlyDictionary<string, string> problems)
    {
        var waiting = new PodStatus
        {
            Phase = PodPhases.Pending,
            InitContainerStatuses = ContainerStatusList.Unconfigured(pod.Spec.InitContainers, problems),
            ContainerStatuses = ContainerStatusList.Unconfigured(pod.Spec.Containers, problems),
        };
        return Complete(pod, waiting, Unstarted(previous));
    }

    /// <summary>The status of a pod whose volumes cannot be made yet; which, and why, a kubelet tells in events only.</summary>
    public PodStatus Unmounted(Pod pod, PodStatus? previous) => Pending(pod, Unstarted(previous));

    /// <summary>The status of a pod that the provider has just taken.</summary>
    public PodStatus Accepted(Pod pod, PodStatus? previous) => Pending(pod, Unstarted(previous));

    /// <summary>The status of a pod that will never run, so that it has no container statuses: neither has a kubelet's rejected pod.</summary>
    public PodStatus Failed(Pod pod, PodStatus? previous, string reason, string message)
    {
        var status = new PodStatus
        {
            Phase = PodPhases.Failed,
            Reason = reason,
            Message = message,
            StartTime = previous?.StartTime ?? Now(),
            HostIP = hostAddress,
            QosClass = QosClass(pod),
            Other = ObservedGeneration.Of(pod),
        };
        return status with { Conditions = PodStatusConditions.Build(pod, status, KnownConditions(pod, previous), Now()) };
    }

    /// <summary>The last status of a pod that was asked to end and of which nothing is left.</summary>
    public PodStatus Stopped(Pod pod, PodStatus? last) => PodPhases.IsTerminal(last?.Phase) ? last! : Complete(pod, ContainerEnds.Stop(last ?? new PodStatus()), last);

    /// <summary>The last status of a pod that ran and of which nobody knows any more.</summary>
    public PodStatus Lost(Pod pod, PodStatus? last) => PodPhases.IsTerminal(last?.Phase) ? last! : Complete(
        pod,
        ContainerEnds.Stop(last ?? new PodStatus()) with
        {
            Phase = PodPhases.Failed,
            Reason = PodFailureReasons.Lost,
            Message = "The pod was started before, but nothing is known of its job any more, so that its outcome is unknown; it is not started a second time.",
        },
        last);

    /// <summary>The status of a pod that the provider knows.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="reported">What the provider says.</param>
    /// <param name="previous">The status so far; a terminal phase of it is never left.</param>
    public PodStatus Complete(Pod pod, PodStatus reported, PodStatus? previous)
    {
        if (PodPhases.IsTerminal(previous?.Phase) && previous!.Phase != reported.Phase)
        {
            return previous;
        }

        // Nothing runs on in a pod that has ended, not even what the report does not know of.
        var known = PodPhases.IsTerminal(reported.Phase) && previous is not null ? ContainerEnds.Stop(previous) : previous;
        var status = reported with
        {
            Phase = Phase(reported, previous),

            // What the API server has is set once; without one the provider's word survives restarts of the agent, and ours is only from before the provider took the pod.
            StartTime = pod.Status?.StartTime ?? reported.StartTime ?? previous?.StartTime ?? Now(),
            HostIP = reported.HostIP ?? hostAddress,
            PodIP = reported.PodIP ?? previous?.PodIP,
            QosClass = QosClass(pod),
            InitContainerStatuses = ContainerStatusList.Init(pod, reported, known),
            ContainerStatuses = ContainerStatusList.Main(pod, reported, known),
        };
        return status with
        {
            Other = Extras(pod, status),
            Conditions = PodStatusConditions.Build(pod, status, KnownConditions(pod, previous) ?? reported.Conditions, Now()),
        };
    }

    // A report without traces of a pod that ran says only that they cannot be read for the moment.
    private static string Phase(PodStatus reported, PodStatus? previous) =>
        reported.Phase is null or PodPhases.Pending && PodTraces.HasRun(previous) && !PodTraces.HasRun(reported)
            ? previous!.Phase ?? PodPhases.Pending
            : reported.Phase ?? PodPhases.Pending;

    // The API server computed it when the pod was created, and it never changes.
    private static string QosClass(Pod pod) => pod.Status?.QosClass ?? QosClasses.Of(pod);

    // Of our own conditions we know best; those of others, such as readiness gates, are what the API server has now.
    private static IReadOnlyList<PodCondition>? KnownConditions(Pod pod, PodStatus? previous)
    {
        if (pod.Status?.Conditions is not { } stored)
        {
            return previous?.Conditions;
        }

        var ours = (previous?.Conditions ?? stored).Where(c => PodConditionTypes.IsOurs(c.Type));
        return [.. ours, .. stored.Where(c => !PodConditionTypes.IsOurs(c.Type))];
    }

    private static PodStatus? Unstarted(PodStatus? previous) => previous is null ? null : previous with { InitContainerStatuses = null, ContainerStatuses = null };

    // Lists of addresses repeat the single ones (core/v1 PodStatus.podIPs, hostIPs).
    private static Dictionary<string, JsonElement> Extras(Pod pod, PodStatus status)
    {
        var other = new Dictionary<string, JsonElement>(status.Other ?? new Dictionary<string, JsonElement>(), StringComparer.Ordinal);
        Put(other, "hostIPs", status.HostIP);
        Put(other, "podIPs", status.PodIP);
        foreach (var (name, value) in ObservedGeneration.Of(pod) ?? [])
        {
            other[name] = value;
        }

        return other;
    }

    private static void Put(Dictionary<string, JsonElement> other, string name, string? address)
    {
        if (address is not null && !other.ContainsKey(name))
        {
            using var document = JsonDocument.Parse($"[{{\"ip\":\"{JsonEncodedText.Encode(address)}\"}}]");
            other[name] = document.RootElement.Clone();
        }
    }

    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
    }
}
