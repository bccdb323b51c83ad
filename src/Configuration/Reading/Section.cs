using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>
/// A record and its keys, each named once: how it is read, where it goes, what it means. Defaults are the record's own, taken from
/// <paramref name="blank"/>, so that the code, the schema and the reference file cannot disagree.
/// </summary>
/// <param name="blank">The record as it is when the file says nothing; what stands in for required keys never leaves a failed reading.</param>
internal sealed class Section<T>(T blank) : Reader<T>
    where T : class
{
    private readonly List<SectionKey<T>> keys = [];
    private readonly List<Action<T, Location>> rules = [];

    /// <summary>Adds a key; its default is what <paramref name="get"/> finds in the blank record, null when there is none to speak of.</summary>
    public Section<T> Key<TValue>(string name, Reader<TValue> reader, Func<T, TValue?> get, Func<T, TValue, T> set, string description)
        where TValue : class => Add(new SectionKey<T, TValue>(name, reader, r => get(r) is { } v ? reader.Write(v) : null, set, description));

    /// <inheritdoc cref="Key{TValue}(string, Reader{TValue}, Func{T, TValue}, Func{T, TValue, T}, string)"/>
    public Section<T> Key<TValue>(string name, Reader<TValue> reader, Func<T, TValue?> get, Func<T, TValue, T> set, string description)
        where TValue : struct => Add(new SectionKey<T, TValue>(name, reader, r => get(r) is { } v ? reader.Write(v) : null, set, description));

    /// <summary>Adds a key without which the record makes no sense.</summary>
    public Section<T> Required<TValue>(string name, Reader<TValue> reader, Func<T, TValue, T> set, string description) =>
        Add(new SectionKey<T, TValue>(name, reader, _ => null, set, description) { Required = true });

    /// <summary>Adds a required key that tells what the document is; when it is wrong, the others are not looked at.</summary>
    public Section<T> Header(string name, Reader<string> reader, string description) =>
        Add(new SectionKey<T, string>(name, reader, _ => null, (record, _) => record, description) { Required = true, DecidesOthers = true });

    /// <summary>Adds a rule over several keys; it runs when each of them is right by itself.</summary>
    public Section<T> Rule(Action<T, Location> rule)
    {
        rules.Add(rule);
        return this;
    }

    public override bool TryRead(Node node, Location at, [MaybeNullWhen(false)] out T value)
    {
        value = blank;
        if (node is not MappingNode && node is not ScalarNode { Kind: ScalarKind.Null })
        {
            at.Fail(node.Position, "must be a section of keys");
            return false;
        }

        var errorsBefore = at.ErrorCount;
        // A section whose keys are all commented out is empty, not wrong.
        var mapping = node as MappingNode ?? new MappingNode(node.Position, []);
        var entries = UniqueEntries.Of(mapping, at.Key).ToList();
        var errorsBeforeHeader = at.ErrorCount;
        value = ReadKeys(entries.Where(e => Find(e.Key) is { DecidesOthers: true }), value, at);
        if (at.ErrorCount != errorsBeforeHeader)
        {
            return false;
        }

        value = ReadKeys(entries.Where(e => Find(e.Key) is not { DecidesOthers: true }), value, at);
        ReportMissing(entries, node.Position, at);
        if (at.ErrorCount == errorsBefore)
        {
            RunRules(value, at);
        }

        return at.ErrorCount == errorsBefore;
    }

    public override JsonObject Schema()
    {
        var required = keys.Where(k => k.Required).Select(k => (JsonNode)k.Name).ToArray();
        var schema = new JsonObject
        {
            ["type"] = required.Length == 0 ? new JsonArray("object", "null") : "object",
            ["properties"] = new JsonObject(keys.Select(k => KeyValuePair.Create(k.Name, (JsonNode?)k.Schema(blank)))),
            ["additionalProperties"] = false,
        };
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        return schema;
    }

    public override JsonNode Write(T value) =>
        new JsonObject(keys.Select(k => KeyValuePair.Create(k.Name, k.Write(value))).Where(k => k.Value is not null));

    private Section<T> Add(SectionKey<T> key)
    {
        keys.Add(key);
        return this;
    }

    private SectionKey<T>? Find(string name) => keys.Find(k => k.Name == name);

    private T ReadKeys(IEnumerable<MappingEntry> entries, T record, Location at)
    {
        foreach (var entry in entries)
        {
            var location = at.Key(Words.Shorten(entry.Key));
            location.Remember(entry.KeyPosition);
            if (Find(entry.Key) is { } key)
            {
                record = key.Read(record, entry.Value, location);
            }
            else
            {
                location.Fail(entry.KeyPosition, $"unknown key; {Suggestion.For(entry.Key, [.. keys.Select(k => k.Name)])}");
            }
        }

        return record;
    }

    private void ReportMissing(List<MappingEntry> entries, Position position, Location at)
    {
        foreach (var key in keys.Where(k => k.Required && !entries.Exists(e => e.Key == k.Name)))
        {
            at.Key(key.Name).Fail(position, "is required");
        }
    }

    private void RunRules(T record, Location at)
    {
        foreach (var rule in rules)
        {
            rule(record, at);
        }
    }
}
