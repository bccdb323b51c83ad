using System.Text.Json;
using Microsoft.AspNetCore.Http;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Kubelet.Server.Pods;

/// <summary>Writes a list of pods as Go's encoder does: an empty list is null, and a line feed ends it.</summary>
internal static class PodListResponse
{
    public static async Task WriteAsync(HttpContext context, IReadOnlyList<Pod> pods)
    {
        context.Response.ContentType = "application/json";
        var list = new PodList { Items = pods.Count == 0 ? null : pods };
        var writer = context.Response.BodyWriter;
        await JsonSerializer.SerializeAsync(writer, list, KubernetesJson.Api.PodList, context.RequestAborted);
        await writer.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
    }
}
