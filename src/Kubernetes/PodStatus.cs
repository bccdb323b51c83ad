using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>Where a pod stands (core/v1 <c>PodStatus</c>).</summary>
public sealed record PodStatus
{
    /// <summary>One of <see cref="PodPhases"/>.</summary>
    public string? Phase { get; init; }

    /// <summary>Conditions, those of others included.</summary>
    public IReadOnlyList<PodCondition>? Conditions { get; init; }

    /// <summary>The phase explained, for people.</summary>
    public string? Message { get; init; }

    /// <summary>The phase explained in one CamelCase word.</summary>
    public string? Reason { get; init; }

    /// <summary>When the agent accepted the pod.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Init containers, in the order of the spec.</summary>
    public IReadOnlyList<ContainerStatus>? InitContainerStatuses { get; init; }

    /// <summary>Main containers, by name.</summary>
    public IReadOnlyList<ContainerStatus>? ContainerStatuses { get; init; }

    /// <summary>Ephemeral containers.</summary>
    public IReadOnlyList<ContainerStatus>? EphemeralContainerStatuses { get; init; }

    /// <summary>Address of the node.</summary>
    public string? HostIP { get; init; }

    /// <summary>Address of the pod.</summary>
    public string? PodIP { get; init; }

    /// <summary>Quality of service, as the API server or the static pod's defaults computed it.</summary>
    public string? QosClass { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
