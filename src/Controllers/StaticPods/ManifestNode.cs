using System.Globalization;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>A value of a manifest with the line it stands on. Immutable: aliases share nodes.</summary>
/// <param name="Line">The line, from 1.</param>
internal abstract record ManifestNode(int Line)
{
    /// <summary>null, true, false, a number in JSON's notation: anything whose JSON text is ready.</summary>
    internal sealed record Literal(int Line, string Json) : ManifestNode(Line);

    /// <summary>A string.</summary>
    internal sealed record Text(int Line, string Value) : ManifestNode(Line);

    /// <summary>A list.</summary>
    internal sealed record Sequence(int Line, IReadOnlyList<ManifestNode> Items) : ManifestNode(Line);

    /// <summary>A map, its keys in order of appearance.</summary>
    internal sealed record Mapping(int Line, IReadOnlyDictionary<string, ManifestNode> Members) : ManifestNode(Line);

    /// <summary>Whether this is null, which in Kubernetes means absent.</summary>
    public bool IsNull => this is Literal { Json: "null" };

    /// <summary>The member of a map; null when absent or when this is no map.</summary>
    public ManifestNode? Member(string name) => (this as Mapping)?.Members.GetValueOrDefault(name);

    /// <summary>The string value of a member; null when absent or of another type.</summary>
    public string? TextOf(string name) => (Member(name) as Text)?.Value;

    /// <summary>A field, or the nearest thing around it that is there.</summary>
    public ManifestNode At(IReadOnlyList<string> path)
    {
        var node = this;
        foreach (var segment in path)
        {
            if (node.Child(segment) is not { } child)
            {
                break;
            }

            node = child;
        }

        return node;
    }

    /// <summary>A copy in which a field is null.</summary>
    public ManifestNode Without(IReadOnlyList<string> path)
    {
        if (path.Count == 0)
        {
            return new Literal(Line, "null");
        }

        if (Child(path[0]) is not { } child)
        {
            return this;
        }

        var replaced = child.Without([.. path.Skip(1)]);
        return this switch
        {
            Mapping map => map with { Members = new OrderedDictionary<string, ManifestNode>(map.Members, StringComparer.Ordinal) { [path[0]] = replaced } },
            Sequence list => list with { Items = [.. list.Items.Select((item, i) => i == Index(path[0]) ? replaced : item)] },
            _ => this,
        };
    }

    private ManifestNode? Child(string segment) => this switch
    {
        Sequence list when Index(segment) is >= 0 and var index && index < list.Items.Count => list.Items[index],
        _ => Member(segment),
    };

    private static int Index(string segment) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1;
}
