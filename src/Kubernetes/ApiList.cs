using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>A list of objects, or a chunk of one, as the API server sends it (<c>PodList</c> and the like).</summary>
/// <typeparam name="T">What it lists.</typeparam>
public sealed record ApiList<T>
    where T : class, IKubernetesObject
{
    /// <summary>Version of the list, and whether it goes on.</summary>
    public ListMeta Metadata { get; init => field = value ?? new(); } = new();

    /// <summary>The objects; they need not repeat their API version and kind.</summary>
    public IReadOnlyList<T> Items { get; init => field = value ?? []; } = [];

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
