using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>Keys of the user's own choice, each with a text.</summary>
internal sealed class MapReader(TextRule keys, Reader<string> values) : Reader<IReadOnlyDictionary<string, string>>
{
    public override bool TryRead(Node node, Location at, [MaybeNullWhen(false)] out IReadOnlyDictionary<string, string> value)
    {
        value = null;
        if (node is not MappingNode mapping)
        {
            at.Fail(node.Position, "must be keys with values; write {} for none");
            return false;
        }

        var errorsBefore = at.ErrorCount;
        var read = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in UniqueEntries.Of(mapping, at.Entry))
        {
            ReadEntry(entry, at.Entry(Words.Shorten(entry.Key)), read);
        }

        value = read.ToImmutable();
        return at.ErrorCount == errorsBefore;
    }

    public override JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["patternProperties"] = new JsonObject { [keys.SchemaPattern] = values.Schema() },
        ["additionalProperties"] = false,
    };

    public override JsonNode Write(IReadOnlyDictionary<string, string> value) =>
        new JsonObject(value.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)values.Write(e.Value))));

    private void ReadEntry(MappingEntry entry, Location at, ImmutableSortedDictionary<string, string>.Builder read)
    {
        at.Remember(entry.KeyPosition);
        if (keys.Check(entry.Key) is { } problem)
        {
            at.Fail(entry.KeyPosition, problem);
        }

        if (values.TryRead(entry.Value, at, out var text))
        {
            read[entry.Key] = text;
        }
    }
}
