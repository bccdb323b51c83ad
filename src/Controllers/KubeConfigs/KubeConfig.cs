using System.Text.Json.Serialization;

namespace VirtualKubelet.Controllers.KubeConfigs;

/// <summary>A kubeconfig as it stands in its file (client-go <c>api/v1.Config</c>), as far as it is understood here.</summary>
internal sealed record KubeConfig
{
    [JsonPropertyName("current-context")]
    public string? CurrentContext { get; init; }

    public IReadOnlyList<NamedContext>? Contexts { get; init; }

    public IReadOnlyList<NamedCluster>? Clusters { get; init; }

    public IReadOnlyList<NamedUser>? Users { get; init; }
}
