using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>Confidential files and variables (core/v1 <c>Secret</c>).</summary>
/// <remarks>The accessors put back the defaults of absent members, as in <see cref="Pod"/>.</remarks>
public sealed record Secret : IKubernetesObject
{
    /// <summary>Always <c>v1</c>.</summary>
    public string? ApiVersion { get; init => field = value ?? "v1"; } = "v1";

    /// <summary>Always <c>Secret</c>.</summary>
    public string? Kind { get; init => field = value ?? "Secret"; } = "Secret";

    /// <summary>Name, labels and the like.</summary>
    public ObjectMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>Bytes by key.</summary>
    public IReadOnlyDictionary<string, byte[]>? Data { get; init; }

    /// <summary>What it is for, such as <c>Opaque</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Whether it can never change.</summary>
    public bool? Immutable { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }

    /// <summary>Shows no data.</summary>
    public override string ToString() => $"Secret {Metadata.Namespace}/{Metadata.Name}";
}
