using System.Text.Json.Serialization;

namespace VirtualKubelet.Controllers.KubeConfigs;

/// <summary>JSON of a kubeconfig, which may be written in it and is brought into it from YAML.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(KubeConfig))]
internal sealed partial class KubeConfigJson : JsonSerializerContext;
