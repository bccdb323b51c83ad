using System.Text.Json;
using System.Text.Json.Nodes;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>
/// The difference between a pod's status in the API server and the one it is to have, as a strategic merge patch that touches nothing of
/// other owners: conditions merge by type, addresses by IP, the lists of containers are replaced whole (patch tags of core/v1).
/// </summary>
internal static class StatusPatch
{
    private static readonly string[] Replaced = ["phase", "hostIP", "podIP", "observedGeneration", "initContainerStatuses", "containerStatuses"];
    private static readonly string[] Removable = ["reason", "message"];
    private static readonly string[] SetOnce = ["startTime", "qosClass"];
    private static readonly string[] Addresses = ["hostIPs", "podIPs"];

    /// <summary>The patch, with the pod's UID as a precondition; null when there is nothing to change, or nothing may be.</summary>
    public static JsonObject? Between(Pod stored, PodStatus wanted)
    {
        if (PodPhases.IsTerminal(stored.Status?.Phase) && stored.Status!.Phase != wanted.Phase)
        {
            return null;
        }

        var status = Difference(ToJson(stored.Status ?? new PodStatus()), ToJson(wanted));
        return status.Count == 0 ? null : new JsonObject { ["metadata"] = new JsonObject { ["uid"] = stored.Metadata.Uid }, ["status"] = status };
    }

    private static JsonObject Difference(JsonObject stored, JsonObject wanted)
    {
        var patch = new JsonObject();
        foreach (var name in Replaced.Where(n => wanted[n] is { } value && !JsonNode.DeepEquals(stored[n], value)))
        {
            patch[name] = wanted[name]!.DeepClone();
        }

        foreach (var name in Removable.Where(n => !JsonNode.DeepEquals(stored[n], wanted[n])))
        {
            patch[name] = wanted[name]?.DeepClone();
        }

        foreach (var name in SetOnce.Where(n => stored[n] is null && wanted[n] is not null))
        {
            patch[name] = wanted[name]!.DeepClone();
        }

        foreach (var name in Addresses.Where(n => wanted[n] is { } value && !JsonNode.DeepEquals(stored[n], value)))
        {
            patch[name] = MergeAddresses(stored[name] as JsonArray ?? [], wanted[name]!.AsArray());
        }

        if (Conditions(stored["conditions"] as JsonArray ?? [], wanted["conditions"] as JsonArray ?? []) is { Count: > 0 } conditions)
        {
            patch["conditions"] = conditions;
        }

        return patch;
    }

    private static JsonArray MergeAddresses(JsonArray stored, JsonArray wanted)
    {
        var addresses = wanted.Select(a => (string?)a!["ip"]).ToList();
        var obsolete = stored.Select(a => (string?)a!["ip"]).Where(ip => !addresses.Contains(ip));
        return [.. wanted.Select(a => a!.DeepClone()), .. obsolete.Select(ip => new JsonObject { ["$patch"] = "delete", ["ip"] = ip })];
    }

    private static JsonArray Conditions(JsonArray stored, JsonArray wanted)
    {
        var changed = new JsonArray();
        foreach (var condition in wanted.Select(c => c!.AsObject()).Where(c => PodConditionTypes.IsOurs((string?)c["type"] ?? "")))
        {
            var before = stored.Select(c => c!.AsObject()).FirstOrDefault(c => (string?)c["type"] == (string?)condition["type"]);

            // A scheduler's word on scheduling stands; pods that were bound without one have none.
            var isScheduled = (string?)condition["type"] == PodConditionTypes.PodScheduled;
            if (before is null || (!isScheduled && !JsonNode.DeepEquals(before, condition)))
            {
                changed.Add((JsonNode)Change(before, condition));
            }
        }

        return changed;
    }

    private static JsonObject Change(JsonObject? before, JsonObject condition)
    {
        var change = condition.DeepClone().AsObject();
        foreach (var name in Removable.Where(n => before?[n] is not null && !change.ContainsKey(n)))
        {
            change[name] = null;
        }

        return change;
    }

    private static JsonObject ToJson(PodStatus status)
    {
        var json = JsonSerializer.SerializeToNode(status, KubernetesJson.Api.PodStatus)!.AsObject();
        Prune(json);
        return json;
    }

    // What is absent, null, or empty is all the same to the API server, which answers sometimes one, sometimes the other.
    private static bool Prune(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var name in map.Where(m => Prune(m.Value)).Select(m => m.Key).ToList())
                {
                    map.Remove(name);
                }

                return map.Count == 0;
            case JsonArray list:
                foreach (var item in list)
                {
                    Prune(item);
                }

                return list.Count == 0;
            case JsonValue value:
                return value.TryGetValue<string>(out var text) && text.Length == 0;
            default:
                return true;
        }
    }
}
