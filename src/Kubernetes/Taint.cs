using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>A taint (core/v1 <c>Taint</c>).</summary>
public sealed record Taint
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The value; absent is empty.</summary>
    public string? Value { get; init; }

    /// <summary><c>NoSchedule</c>, <c>PreferNoSchedule</c> or <c>NoExecute</c>.</summary>
    public required string Effect { get; init; }

    /// <summary>When it was added; only with <c>NoExecute</c>.</summary>
    public DateTimeOffset? TimeAdded { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
