using System.Text;
using System.Text.Json.Nodes;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>
/// A change of an object. A <c>metadata.resourceVersion</c> in it is a precondition, and so is a <c>metadata.uid</c>:
/// see <see cref="ApiException.IsPatchOfAnotherObject"/>.
/// </summary>
public sealed class Patch
{
    private Patch(PatchKind kind, JsonNode body)
    {
        Kind = kind;
        Body = Encoding.UTF8.GetBytes(body.ToJsonString(KubernetesJson.Api.Options));
    }

    /// <summary>How it is to be understood.</summary>
    public PatchKind Kind { get; }

    /// <summary>The JSON.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>A merge patch.</summary>
    public static Patch Merge(JsonObject body) => new(PatchKind.Merge, body);

    /// <summary>A strategic merge patch.</summary>
    public static Patch StrategicMerge(JsonObject body) => new(PatchKind.StrategicMerge, body);

    /// <summary>A list of operations.</summary>
    public static Patch Json(JsonArray operations) => new(PatchKind.Json, operations);

    internal string ContentType => Kind switch
    {
        PatchKind.Merge => "application/merge-patch+json",
        PatchKind.StrategicMerge => "application/strategic-merge-patch+json",
        _ => "application/json-patch+json",
    };
}
