using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>A list of equal things.</summary>
/// <param name="item">Reads one.</param>
/// <param name="identity">What may stand in the list only once.</param>
internal sealed class ListReader<T>(Reader<T> item, Func<T, string> identity) : Reader<IReadOnlyList<T>>
{
    public override bool TryRead(Node node, Location at, [MaybeNullWhen(false)] out IReadOnlyList<T> value)
    {
        value = null;
        if (node is not SequenceNode list)
        {
            at.Fail(node.Position, "must be a list; write [] for none, or each item on its own line after \"- \"");
            return false;
        }

        var errorsBefore = at.ErrorCount;
        var items = ImmutableArray.CreateBuilder<T>(list.Items.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Items.Count; i++)
        {
            ReadItem(list.Items[i], at.Index(i), items, seen);
        }

        value = items.DrainToImmutable();
        return at.ErrorCount == errorsBefore;
    }

    public override JsonObject Schema() => new()
    {
        ["type"] = "array",
        ["items"] = item.Schema(),
    };

    public override JsonNode Write(IReadOnlyList<T> value) => new JsonArray([.. value.Select(item.Write)]);

    private void ReadItem(Node node, Location at, ImmutableArray<T>.Builder items, HashSet<string> seen)
    {
        at.Remember(node.Position);
        if (!item.TryRead(node, at, out var read))
        {
            return;
        }

        items.Add(read);
        if (!seen.Add(identity(read)))
        {
            at.Fail(node.Position, $"{Words.Quote(identity(read))} stands in this list twice");
        }
    }
}
