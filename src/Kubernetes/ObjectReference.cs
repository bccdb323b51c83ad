using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>Points at an object, or a part of one (core/v1 <c>ObjectReference</c>).</summary>
public sealed record ObjectReference
{
    /// <summary>API version of the object.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the object.</summary>
    public string? Kind { get; init; }

    /// <summary>Its namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its identity.</summary>
    public string? Uid { get; init; }

    /// <summary>The version meant.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>The part meant, such as <c>spec.containers{main}</c>.</summary>
    public string? FieldPath { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
