using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Completes what a provider reports to the status a kubelet would post.</summary>
internal sealed class PodStatusBuilder(string hostAddress, TimeProvider time)
{
    /// <summary>The status of a pod that is wanted but not known to the provider yet.</summary>
    public PodStatus Pending(Pod pod, PodStatus? previous, string? reason = null, string? message = null) =>
        Complete(pod, new PodStatus { Phase = PodPhases.Pending, Reason = reason, Message = message }, previous);

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
            QosClass = QosClasses.Of(pod),
        };
        return status with { Conditions = PodStatusConditions.Build(pod, status, previous?.Conditions, Now()) };
    }

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

        var status = reported with
        {
            Phase = reported.Phase ?? PodPhases.Pending,

            // The provider's word survives restarts of the agent, ours is only from before the provider took the pod.
            StartTime = reported.StartTime ?? previous?.StartTime ?? Now(),
            HostIP = reported.HostIP ?? hostAddress,
            PodIP = reported.PodIP ?? previous?.PodIP,
            QosClass = QosClasses.Of(pod),
            InitContainerStatuses = ContainerStatusList.Init(pod, reported, previous),
            ContainerStatuses = ContainerStatusList.Main(pod, reported, previous),
        };
        return status with
        {
            Other = Addresses(status),
            Conditions = PodStatusConditions.Build(pod, status, previous?.Conditions ?? reported.Conditions, Now()),
        };
    }

    // Lists of addresses repeat the single ones (core/v1 PodStatus.podIPs, hostIPs).
    private static Dictionary<string, JsonElement> Addresses(PodStatus status)
    {
        var other = new Dictionary<string, JsonElement>(status.Other ?? new Dictionary<string, JsonElement>(), StringComparer.Ordinal);
        Put(other, "hostIPs", status.HostIP);
        Put(other, "podIPs", status.PodIP);
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
