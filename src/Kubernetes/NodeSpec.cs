using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>What is wanted of a node (core/v1 <c>NodeSpec</c>).</summary>
public sealed record NodeSpec
{
    /// <summary>Who provides the node; unchangeable once set.</summary>
    public string? ProviderID { get; init; }

    /// <summary>Whether it is cordoned.</summary>
    public bool? Unschedulable { get; init; }

    /// <summary>What keeps pods away that do not tolerate it.</summary>
    public IReadOnlyList<Taint>? Taints { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
