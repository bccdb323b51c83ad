using System.Text.Json.Nodes;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>One key of a section.</summary>
internal sealed class SectionKey<T, TValue>(string name, Reader<TValue> reader, Func<T, JsonNode?> write, Func<T, TValue, T> set, string description)
    : SectionKey<T>(name)
{
    public override T Read(T record, Node node, Location at) =>
        reader.TryRead(node, at, out var value) ? set(record, value) : record;

    public override JsonNode? Write(T record) => write(record);

    public override JsonObject Schema(T blank)
    {
        var schema = reader.Schema();
        schema.Insert(0, "description", description);
        // A section's defaults show at its own keys.
        if (write(blank) is { } preset && !schema.ContainsKey("properties"))
        {
            schema["default"] = preset;
        }

        return schema;
    }
}
