using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>What a pod wants (core/v1 <c>PodSpec</c>); fields not named here survive a round trip.</summary>
public sealed record PodSpec
{
    /// <summary>Main containers.</summary>
    public IReadOnlyList<Container>? Containers { get; init; }

    /// <summary>Init containers, in order.</summary>
    public IReadOnlyList<Container>? InitContainers { get; init; }

    /// <summary>Containers added to a running pod.</summary>
    public IReadOnlyList<Container>? EphemeralContainers { get; init; }

    /// <summary><c>Always</c> (default), <c>OnFailure</c> or <c>Never</c>.</summary>
    public string? RestartPolicy { get; init; }

    /// <summary>Seconds from SIGTERM to SIGKILL; absent means 30.</summary>
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>Seconds the pod may be active.</summary>
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>What running the pod takes besides its containers, by resource name; from its RuntimeClass.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Overhead { get; init; }

    /// <summary>The node the pod is bound to.</summary>
    public string? NodeName { get; init; }

    /// <summary>The account the pod acts as in the cluster.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Volumes.</summary>
    public IReadOnlyList<Volume>? Volumes { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }

    /// <summary>Every container of the pod: init, main, ephemeral.</summary>
    [JsonIgnore]
    public IEnumerable<Container> AllContainers =>
        (InitContainers ?? []).Concat(Containers ?? []).Concat(EphemeralContainers ?? []);
}
