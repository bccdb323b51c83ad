using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>Whom an object lives for (meta/v1 <c>OwnerReference</c>).</summary>
public sealed record OwnerReference
{
    /// <summary>API version of the owner.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Kind of the owner.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the owner.</summary>
    public required string Name { get; init; }

    /// <summary>Identity of the owner.</summary>
    public required string Uid { get; init; }

    /// <summary>Whether the owner manages the object.</summary>
    public bool? Controller { get; init; }

    /// <summary>Whether the owner has to wait for the object's end.</summary>
    public bool? BlockOwnerDeletion { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
