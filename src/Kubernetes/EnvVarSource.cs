using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>Source of a variable's value (core/v1 <c>EnvVarSource</c>); exactly one is present.</summary>
public sealed record EnvVarSource
{
    /// <summary>A field of the pod.</summary>
    public ObjectFieldSelector? FieldRef { get; init; }

    /// <summary>A request or limit of a container.</summary>
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    /// <summary>A ConfigMap's or Secret's key, or a source this build does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
