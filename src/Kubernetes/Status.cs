using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>How the API server answers when it has no object to show (meta/v1 <c>Status</c>).</summary>
public sealed record Status
{
    /// <summary>Always <c>Status</c>: how a refusal is told from any other JSON.</summary>
    public string? Kind { get; init; }

    /// <summary><c>Success</c> or <c>Failure</c>.</summary>
    [JsonPropertyName("status")]
    public string? Outcome { get; init; }

    /// <summary>For people.</summary>
    public string? Message { get; init; }

    /// <summary>One CamelCase word, such as <c>NotFound</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>More for programs.</summary>
    public StatusDetails? Details { get; init; }

    /// <summary>The HTTP status.</summary>
    public int? Code { get; init; }

    /// <summary>For an expired list: where it could go on, at the price of consistency.</summary>
    public ListMeta? Metadata { get; init; }

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
