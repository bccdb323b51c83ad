using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VirtualKubelet.Shim.Protocol;

/// <summary>How the files of a pod directory are written: camelCase, indented for people, absent instead of null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(PodPlan))]
[JsonSerializable(typeof(PodState))]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(JobClaim))]
public sealed partial class ShimJson : JsonSerializerContext
{
    /// <summary>The context to use: it leaves non-ASCII text readable, which is safe because no file ends up in HTML.</summary>
    public static ShimJson Files => field ??= new(new JsonSerializerOptions(Default.GeneratedSerializerOptions!)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
