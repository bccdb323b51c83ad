using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VirtualKubelet.Testing.ApiServer.Storage;

/// <summary>Small words for untyped objects.</summary>
public static class Objects
{
    /// <summary>A copy that can be changed.</summary>
    public static JsonObject ToNode(this JsonElement element) => JsonNode.Parse(element.GetRawText())!.AsObject();

    /// <summary>A copy that cannot.</summary>
    public static JsonElement ToElement(this JsonNode node) => JsonSerializer.SerializeToElement(node);

    /// <summary>The metadata, made if need be.</summary>
    public static JsonObject Metadata(this JsonObject node)
    {
        if (node["metadata"] is not JsonObject metadata)
        {
            node["metadata"] = metadata = [];
        }

        return metadata;
    }

    /// <summary>The text at a path such as <c>spec.nodeName</c>; null when there is none.</summary>
    public static string? Text(this JsonElement element, string path)
    {
        foreach (var segment in path.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(segment, out element))
            {
                return null;
            }
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Null => null,
            _ => element.GetRawText(),
        };
    }

    /// <summary>The version of a stored object.</summary>
    public static long Version(this JsonElement element) => long.Parse(element.Text("metadata.resourceVersion")!, CultureInfo.InvariantCulture);
}
