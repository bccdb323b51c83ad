using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Controllers.KubeConfigs;

/// <summary>How a user proves who it is.</summary>
internal sealed record KubeUser
{
    [JsonPropertyName("client-certificate")]
    public string? ClientCertificate { get; init; }

    [JsonPropertyName("client-certificate-data")]
    public string? ClientCertificateData { get; init; }

    [JsonPropertyName("client-key")]
    public string? ClientKey { get; init; }

    [JsonPropertyName("client-key-data")]
    public string? ClientKeyData { get; init; }

    public string? Token { get; init; }

    public string? TokenFile { get; init; }

    /// <summary>Everything else: ways to prove who one is that this agent does not know, and must not leave out in silence.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }

    /// <summary>Shows no secrets.</summary>
    public override string ToString() => "user";
}
