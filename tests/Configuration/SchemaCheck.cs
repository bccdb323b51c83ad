using System.Globalization;
using System.Text.Json.Nodes;
using NJsonSchema;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Tests;

/// <summary>Judges a file by the JSON schema alone, as an editor does.</summary>
internal static class SchemaCheck
{
    private static readonly Lazy<JsonSchema> Schema = new(() => JsonSchema.FromJsonAsync(NodeConfigurationSchema.Generate()).GetAwaiter().GetResult());

    public static IReadOnlyList<string> Errors(string yaml) =>
        [.. YamlFile.Parse(yaml).Documents.SelectMany(d => Schema.Value.Validate(ToJson(d)?.ToJsonString() ?? "null")).Select(e => e.ToString())];

    private static JsonNode? ToJson(Node node) => node switch
    {
        ScalarNode scalar => ToJson(scalar),
        SequenceNode list => new JsonArray([.. list.Items.Select(ToJson)]),
        MappingNode mapping => new JsonObject(mapping.Entries.DistinctBy(e => e.Key).Select(e => KeyValuePair.Create(e.Key, ToJson(e.Value)))),
        _ => throw new InvalidOperationException($"{node} has no JSON form"),
    };

    private static JsonValue? ToJson(ScalarNode scalar) => scalar.Kind switch
    {
        ScalarKind.Null => null,
        ScalarKind.Boolean => JsonValue.Create(scalar.Text[0] is 't' or 'T'),
        ScalarKind.Number when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        ScalarKind.Number when decimal.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(scalar.Text),
    };
}
