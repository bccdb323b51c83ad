namespace VirtualKubelet.Kubernetes;

/// <summary>A list of pods (core/v1 <c>PodList</c>).</summary>
public sealed record PodList
{
    /// <summary>Always <c>PodList</c>.</summary>
    public string Kind { get; init; } = "PodList";

    /// <summary>Always <c>v1</c>.</summary>
    public string ApiVersion { get; init; } = "v1";

    /// <summary>Empty, as a kubelet leaves it.</summary>
    public ObjectMeta Metadata { get; init; } = new();

    /// <summary>The pods; null encodes none, as Go does for a nil slice.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public IReadOnlyList<Pod>? Items { get; init; }
}
