using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>A single word, number or text.</summary>
/// <param name="accepted">The YAML types it may be written in, the usual one first.</param>
/// <param name="parse">Takes it apart.</param>
/// <param name="write">Spells it.</param>
/// <param name="schema">Makes its schema; called once for each use, since a JSON node has one parent.</param>
internal sealed class Scalar<T>(IReadOnlyList<ScalarKind> accepted, ScalarParser<T> parse, Func<T, JsonNode> write, Func<JsonObject> schema) : Reader<T>
{
    public override bool TryRead(Node node, Location at, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        var problem = node switch
        {
            ScalarNode { Kind: var kind, Text: var text } => accepted.Contains(kind) ? parse(text, out value) : WrongKind(kind, text),
            SequenceNode => $"is a list; write {Wanted}",
            _ => $"is a section of keys; write {Wanted}",
        };
        if (problem is not null)
        {
            at.Fail(node.Position, problem);
            return false;
        }

        return value is not null;
    }

    public override JsonObject Schema() => schema();

    public override JsonNode Write(T value) => write(value);

    private string Wanted => accepted[0] switch
    {
        ScalarKind.Number => "a number",
        ScalarKind.Boolean => "true or false",
        _ => "one text",
    };

    private string WrongKind(ScalarKind kind, string text) => (kind, accepted[0]) switch
    {
        (ScalarKind.Null, _) => "has no value; write one or remove the key",
        (_, ScalarKind.Boolean) => $"{Words.Quote(text)} is not true or false",
        (ScalarKind.Text, ScalarKind.Number) when ScalarKinds.Of(text) == ScalarKind.Number => $"{Words.Quote(text)} is a text; write the number without quotes",
        (ScalarKind.Text, _) => $"{Words.Quote(text)} is not a number",
        (ScalarKind.Number, _) => $"{text} is a number to YAML; write {Words.Quote(text)} in quotes",
        (_, ScalarKind.Number) => $"{text} is not a number",
        _ => $"{text} is a boolean to YAML; write {Words.Quote(text)} in quotes",
    };
}
