using System.Text.Json;
using VirtualKubelet.Kubelet.Client;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Host.Commands;

/// <summary>Reads an agent's pods.</summary>
internal static class PodListing
{
    public static async Task<IReadOnlyList<Pod>> ReadAsync(KubeletClient client, CancellationToken cancellationToken)
    {
        await using var stream = await client.OpenPodsAsync(cancellationToken);
        var list = await JsonSerializer.DeserializeAsync(stream, KubernetesJson.Api.PodList, cancellationToken);
        return list?.Items ?? [];
    }
}
