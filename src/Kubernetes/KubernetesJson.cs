using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using VirtualKubelet.Kubernetes.Authentication;
using VirtualKubelet.Kubernetes.Authorization;
using VirtualKubelet.Kubernetes.Certificates;
using VirtualKubelet.Kubernetes.Coordination;

namespace VirtualKubelet.Kubernetes;

/// <summary>JSON of the API objects: camelCase, absent instead of null, whole-second times, unknown fields kept.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(WholeSecondsConverter)])]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(PodList))]
[JsonSerializable(typeof(PodStatus))]
[JsonSerializable(typeof(ApiList<Pod>))]
[JsonSerializable(typeof(ApiList<Node>))]
[JsonSerializable(typeof(ApiList<Event>))]
[JsonSerializable(typeof(ApiList<ConfigMap>))]
[JsonSerializable(typeof(ApiList<Secret>))]
[JsonSerializable(typeof(ApiList<Service>))]
[JsonSerializable(typeof(ApiList<Lease>))]
[JsonSerializable(typeof(ApiList<TokenReview>))]
[JsonSerializable(typeof(ApiList<SubjectAccessReview>))]
[JsonSerializable(typeof(ApiList<CertificateSigningRequest>))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(ConfigMapVolumeSource))]
[JsonSerializable(typeof(SecretVolumeSource))]
[JsonSerializable(typeof(DownwardAPIVolumeSource))]
[JsonSerializable(typeof(ProjectedVolumeSource))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(DeleteOptions))]
[JsonSerializable(typeof(ServerVersion))]
public sealed partial class KubernetesJson : JsonSerializerContext
{
    /// <summary>The context to use: like Go's encoder it leaves non-ASCII text readable.</summary>
    public static KubernetesJson Api => field ??= new(new JsonSerializerOptions(Default.GeneratedSerializerOptions!)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
