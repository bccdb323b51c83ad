using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Kubernetes;

/// <summary>What an API server says at <c>/version</c> (apimachinery <c>version.Info</c>).</summary>
public sealed record ServerVersion
{
    /// <summary>The major version.</summary>
    public string? Major { get; init; }

    /// <summary>The minor version; some vendors append a <c>+</c>.</summary>
    public string? Minor { get; init; }

    /// <summary>The whole of it, such as <c>v1.36.2</c> or <c>v1.31.4-gke.1183000</c>.</summary>
    public string? GitVersion { get; init; }

    /// <summary>Whether it is 1.<paramref name="minor"/> or later; false when it says nothing that can be read.</summary>
    public bool IsAtLeast(int minor) =>
        Major == "1" && int.TryParse(Minor?.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var its) && its >= minor;

    /// <summary>Everything else.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
