using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>The two requests about a pod. Each is about that very pod: to one that is gone, or a namesake, nothing is done.</summary>
internal sealed class PodUpdates(ApiClient client, PodTransitions transitions, ILogger<PodUpdates> logger)
{
    /// <summary>Patches a pod's status and tells what happened.</summary>
    /// <returns>The pod as it is now; null when it is gone.</returns>
    /// <exception cref="ApiException">To be tried again later.</exception>
    public async Task<Pod?> PatchAsync(Pod stored, PodStatus status, JsonObject patch, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await client.PatchAsync(ApiResources.Pods, ObjectKey.Of(stored), Patch.StrategicMerge(patch), cancellationToken, "status");
            ApiPodMetrics.Patched("done");
            logger.StatusPatched(PodKey.Of(stored), stored.Metadata.Uid!, status.Phase);
            transitions.Tell(stored, stored.Status, status);
            return answer;
        }
        catch (ApiException e) when (e.Kind == ApiErrorKind.NotFound || e.IsPatchOfAnotherObject)
        {
            ApiPodMetrics.Patched("dropped");
            logger.PodDropped(PodKey.Of(stored), stored.Metadata.Uid!, e.Message);
            return null;
        }
        catch (ApiException)
        {
            ApiPodMetrics.Patched("failed");
            throw;
        }
    }

    /// <summary>Deletes the object of a pod that is over.</summary>
    /// <exception cref="ApiException">To be tried again later.</exception>
    public async Task DeleteAsync(Pod stored, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteAsync(ApiResources.Pods, ObjectKey.Of(stored), DeleteOptions.AtOnce(stored.Metadata.Uid!), cancellationToken);
            ApiPodMetrics.Deleted("done");
            logger.PodDeleted(PodKey.Of(stored), stored.Metadata.Uid!);
        }
        catch (ApiException e) when (e.Kind is ApiErrorKind.NotFound or ApiErrorKind.Conflict)
        {
            // A conflict is about the UID: another pod bears the name by now.
            ApiPodMetrics.Deleted("dropped");
            logger.PodDropped(PodKey.Of(stored), stored.Metadata.Uid!, e.Message);
        }
        catch (ApiException)
        {
            ApiPodMetrics.Deleted("failed");
            throw;
        }
    }
}
