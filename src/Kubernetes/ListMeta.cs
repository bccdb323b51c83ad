using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>What every list carries (meta/v1 <c>ListMeta</c>).</summary>
public sealed record ListMeta
{
    /// <summary>The version of the whole list: where a watch goes on.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>How to ask for the next chunk; absent or empty at the last.</summary>
    public string? Continue { get; init; }

    /// <summary>How many items follow, where the server knows.</summary>
    public long? RemainingItemCount { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
