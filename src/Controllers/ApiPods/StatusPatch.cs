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
    /// <param name="stored">The pod as the API server has it.</param>
    /// <param name="wanted">The status it is to have.</param>
    /// <param name="dropped">Fields that the API server does not know.</param>
    public static JsonObject? Between(Pod stored, PodStatus wanted, DroppedFields dropped)
    {
        if (PodPhases.IsTerminal(stored.Status?.Phase) && stored.Status!.Phase != wanted.Phase)
        {
            return null;
        }

        var status = Difference(new StatusFields(stored.Status ?? new PodStatus()), new StatusFields(wanted));
        dropped.Strip(status);
        return status.Count == 0 ? null : new JsonObject { ["metadata"] = new JsonObject { ["uid"] = stored.Metadata.Uid }, ["status"] = status };
    }

    private static JsonObject Difference(StatusFields stored, StatusFields wanted)
    {
        var patch = new JsonObject();
        foreach (var name in Replaced.Where(n => wanted.Has(n) && !wanted.IsSame(stored, n)))
        {
            patch[name] = wanted.Copy(name);
        }

        foreach (var name in Removable.Where(n => !wanted.IsSame(stored, n)))
        {
            patch[name] = wanted.Has(name) ? wanted.Copy(name) : null;
        }

        foreach (var name in SetOnce.Where(n => wanted.Has(n) && !stored.Has(n)))
        {
            patch[name] = wanted.Copy(name);
        }

        foreach (var name in Addresses.Where(n => wanted.Has(n) && !wanted.IsSame(stored, n)))
        {
            patch[name] = MergeAddresses(stored.Items(name), wanted.Items(name));
        }

        if (Conditions(stored.Items("conditions"), wanted.Items("conditions")) is { Count: > 0 } conditions)
        {
            patch["conditions"] = conditions;
        }

        return patch;
    }

    private static JsonArray MergeAddresses(IReadOnlyList<JsonObject> stored, IReadOnlyList<JsonObject> wanted)
    {
        var addresses = wanted.Select(a => (string?)a["ip"]).ToList();
        var obsolete = stored.Select(a => (string?)a["ip"]).Where(ip => !addresses.Contains(ip));
        return [.. wanted.Select(a => a.DeepClone()), .. obsolete.Select(ip => new JsonObject { ["$patch"] = "delete", ["ip"] = ip })];
    }

    private static JsonArray Conditions(IReadOnlyList<JsonObject> stored, IReadOnlyList<JsonObject> wanted)
    {
        var changed = new JsonArray();
        foreach (var condition in wanted.Where(c => PodConditionTypes.IsOurs((string?)c["type"] ?? "")))
        {
            var before = stored.FirstOrDefault(c => (string?)c["type"] == (string?)condition["type"]);

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
}
