using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes.Authorization;

/// <summary>A deed on a resource (authorization.k8s.io/v1 <c>ResourceAttributes</c>).</summary>
public sealed record ResourceAttributes
{
    /// <summary>Namespace of the resource.</summary>
    public string? Namespace { get; init; }

    /// <summary>Such as <c>get</c> or <c>create</c>.</summary>
    public string? Verb { get; init; }

    /// <summary>API group; empty is core.</summary>
    public string? Group { get; init; }

    /// <summary>API version.</summary>
    public string? Version { get; init; }

    /// <summary>Such as <c>nodes</c>.</summary>
    public string? Resource { get; init; }

    /// <summary>Such as <c>proxy</c>.</summary>
    public string? Subresource { get; init; }

    /// <summary>Name of the object.</summary>
    public string? Name { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
