using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>More about a <see cref="Status"/> (meta/v1 <c>StatusDetails</c>).</summary>
public sealed record StatusDetails
{
    /// <summary>The object in question.</summary>
    public string? Name { get; init; }

    /// <summary>Its kind or resource.</summary>
    public string? Kind { get; init; }

    /// <summary>When to try again, in seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>What was wrong, one by one.</summary>
    public IReadOnlyList<StatusCause>? Causes { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
