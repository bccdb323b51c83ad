using System.Text.Json;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>How a pod names an object, or a key of one (core/v1 <c>ConfigMapKeySelector</c>, <c>ConfigMapEnvSource</c> and their likes of Secrets).</summary>
/// <param name="Reference">The object.</param>
/// <param name="Key">The key; empty where the whole object is meant.</param>
/// <param name="IsOptional">Whether the pod can do without.</param>
internal sealed record ConfigSelector(ConfigReference Reference, string Key, bool IsOptional)
{
    /// <summary>Reads the source of one variable; null when it is none of these, or ill-formed.</summary>
    public static ConfigSelector? OfVariable(string kind, JsonElement selector) => kind switch
    {
        "configMapKeyRef" => Read(ConfigKind.ConfigMap, selector),
        "secretKeyRef" => Read(ConfigKind.Secret, selector),
        _ => null,
    };

    /// <summary>Reads a source of variables; null when it is none of these, or ill-formed.</summary>
    public static ConfigSelector? OfSource(JsonElement source) =>
        source.ValueKind != JsonValueKind.Object ? null
        : source.TryGetProperty("configMapRef", out var map) ? Read(ConfigKind.ConfigMap, map)
        : source.TryGetProperty("secretRef", out var secret) ? Read(ConfigKind.Secret, secret)
        : null;

    private static ConfigSelector? Read(ConfigKind kind, JsonElement selector) =>
        selector.ValueKind == JsonValueKind.Object && Text(selector, "name") is { Length: > 0 } name
            ? new ConfigSelector(
                new ConfigReference(kind, name),
                Text(selector, "key") ?? "",
                selector.TryGetProperty("optional", out var optional) && optional.ValueKind == JsonValueKind.True)
            : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
