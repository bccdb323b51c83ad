using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>
/// Fields of a pod's status that are younger than some API servers, which drop them without a word. What was found missing in an answer right after it was sent is not sent
/// again as long as the agent runs; otherwise each look at each pod would find a difference.
/// </summary>
internal sealed class DroppedFields
{
    // hostIPs is kept since 1.28, observedGeneration since 1.33.
    private static readonly string[] Young = ["hostIPs", "observedGeneration"];

    private readonly ConcurrentDictionary<string, bool> _names = new();

    /// <summary>Takes out of a status what need not be sent.</summary>
    public void Strip(JsonObject status)
    {
        foreach (var name in _names.Keys)
        {
            status.Remove(name);
        }
    }

    /// <summary>Learns from the patch that is still needed after a patch was answered.</summary>
    public void Learn(JsonObject? residue)
    {
        foreach (var name in Young.Where(name => residue?["status"]?[name] is not null))
        {
            _names[name] = true;
        }
    }
}
