namespace VirtualKubelet.Kubernetes;

/// <summary>A list of pods (core/v1 <c>PodList</c>).</summary>
/// <remarks>The accessors put back the defaults of absent members, as in <see cref="Pod"/>.</remarks>
public sealed record PodList
{
    /// <summary>Always <c>PodList</c>.</summary>
    public string Kind { get; init => field = value ?? "PodList"; } = "PodList";

    /// <summary>Always <c>v1</c>.</summary>
    public string ApiVersion { get; init => field = value ?? "v1"; } = "v1";

    /// <summary>Empty, as a kubelet leaves it.</summary>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>The pods; null encodes none, as Go does for a nil slice.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public IReadOnlyList<Pod>? Items { get; init; }
}
