using System.Globalization;
using System.Text.Json.Nodes;

namespace VirtualKubelet.Testing.ApiServer.Patching;

/// <summary>RFC 6902 without copy and move.</summary>
internal static class JsonPatch
{
    /// <exception cref="StatusException">An operation cannot be carried out, or a test failed.</exception>
    public static JsonObject Apply(JsonObject target, JsonArray operations)
    {
        var result = target.DeepClone().AsObject();
        foreach (var operation in operations)
        {
            Apply(result, operation!);
        }

        return result;
    }

    private static void Apply(JsonObject root, JsonNode operation)
    {
        var path = ((string)operation["path"]!).Split('/').Skip(1).Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
        JsonNode parent = root;
        foreach (var segment in path[..^1])
        {
            parent = Child(parent, segment) ?? throw Impossible(operation);
        }

        var name = path[^1];
        var kind = (string)operation["op"]!;
        var value = operation["value"];
        switch (kind)
        {
            case "test" when JsonNode.DeepEquals(Child(parent, name), value):
                break;
            case "add" when parent is JsonArray list:
                list.Insert(name == "-" ? list.Count : int.Parse(name, CultureInfo.InvariantCulture), value?.DeepClone());
                break;
            case "add" when parent is JsonObject map:
                map[name] = value?.DeepClone();
                break;
            case "replace" when parent is JsonObject map && map.ContainsKey(name):
                map[name] = value?.DeepClone();
                break;
            case "replace" when parent is JsonArray list && Child(list, name) is { } item:
                list[list.IndexOf(item)] = value?.DeepClone();
                break;
            case "remove" when parent is JsonObject map && map.Remove(name):
                break;
            case "remove" when parent is JsonArray list && Child(list, name) is { } item:
                list.Remove(item);
                break;
            default:
                throw Impossible(operation);
        }
    }

    private static JsonNode? Child(JsonNode parent, string segment) => parent switch
    {
        JsonObject map => map[segment],
        JsonArray list when int.TryParse(segment, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
        _ => null,
    };

    private static StatusException Impossible(JsonNode operation) =>
        StatusException.Invalid($"the server rejected our request due to an error in our request: {operation.ToJsonString()}");
}
