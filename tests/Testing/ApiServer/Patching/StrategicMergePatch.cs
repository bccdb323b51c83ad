using System.Text.Json.Nodes;

namespace VirtualKubelet.Testing.ApiServer.Patching;

/// <summary>
/// Kubernetes' own merge: lists with a merge key are merged item by item, others are replaced. The keys are those of core/v1's
/// <c>patchMergeKey</c> tags for the fields a node agent meets.
/// </summary>
internal static class StrategicMergePatch
{
    private static readonly Dictionary<string, string> MergeKeys = new()
    {
        ["conditions"] = "type",
        ["addresses"] = "type",
        ["containers"] = "name",
        ["initContainers"] = "name",
        ["ephemeralContainers"] = "name",
        ["volumes"] = "name",
        ["env"] = "name",
        ["volumeMounts"] = "mountPath",
        ["ownerReferences"] = "uid",
        ["podIPs"] = "ip",
        ["hostIPs"] = "ip",
    };

    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        if ((string?)patch["$patch"] == "replace")
        {
            return Plain(patch);
        }

        var result = target.DeepClone().AsObject();
        foreach (var (name, value) in patch.Where(m => !m.Key.StartsWith('$')))
        {
            var merged = Merge(name, result[name], value);
            if (merged is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = merged;
            }
        }

        return result;
    }

    private static JsonNode? Merge(string name, JsonNode? old, JsonNode? patch) => (old, patch) switch
    {
        (_, JsonObject map) when (string?)map["$patch"] == "delete" => null,
        (_, JsonObject map) => Apply(old as JsonObject ?? [], map),
        (_, JsonArray list) when MergeKeys.TryGetValue(name, out var key) => MergeList(old as JsonArray ?? [], list, key),
        _ => patch?.DeepClone(),
    };

    private static JsonArray MergeList(JsonArray old, JsonArray patch, string key)
    {
        var isReplaced = patch.Any(i => (string?)i!["$patch"] == "replace");
        var items = isReplaced ? [] : old.Select(i => i!.DeepClone().AsObject()).ToList();
        foreach (var change in patch.Select(i => i!.AsObject()).Where(i => (string?)i["$patch"] != "replace"))
        {
            var at = items.FindIndex(i => JsonNode.DeepEquals(i[key], change[key]));
            var isDeletion = (string?)change["$patch"] == "delete";
            if (at < 0 && !isDeletion)
            {
                items.Add(Apply([], change));
            }
            else if (at >= 0 && isDeletion)
            {
                items.RemoveAt(at);
            }
            else if (at >= 0)
            {
                items[at] = Apply(items[at], change);
            }
        }

        return [.. items];
    }

    private static JsonObject Plain(JsonObject patch)
    {
        var copy = patch.DeepClone().AsObject();
        copy.Remove("$patch");
        return copy;
    }
}
