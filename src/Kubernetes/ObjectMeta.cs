using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>What every object carries (meta/v1 <c>ObjectMeta</c>); fields not named here survive a round trip.</summary>
public sealed record ObjectMeta
{
    /// <summary>The name, unique in the namespace.</summary>
    public string? Name { get; init; }

    /// <summary>What the API server is to begin the name with, when it shall choose one.</summary>
    public string? GenerateName { get; init; }

    /// <summary>The namespace; absent means <c>default</c> to those who read manifests.</summary>
    public string? Namespace { get; init; }

    /// <summary>Identity of this very object: a namesake created later has another.</summary>
    public string? Uid { get; init; }

    /// <summary>Opaque version of the stored object.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Counts the changes of what is wanted.</summary>
    public long? Generation { get; init; }

    /// <summary>When the object was accepted.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>When the object is to be gone; present means that deletion was asked for.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Grace in force for the deletion, in seconds.</summary>
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Annotations.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Whom the object lives for.</summary>
    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
