using VirtualKubelet.Controllers.Validation;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>Builds the documents of a manifest from a flat sequence of values, and guards depth, size and duplicate keys for every syntax.</summary>
internal sealed class ManifestBuilder
{
    private readonly List<ManifestNode> _documents = [];
    private int _values;

    /// <summary>The finished documents.</summary>
    public IReadOnlyList<ManifestNode> Documents => _documents;

    /// <summary>Counts a value before it is built.</summary>
    public void Enter(int line, int depth)
    {
        if (depth > ManifestLimits.Depth)
        {
            throw new ManifestSyntaxException(line, $"is nested more than {ManifestLimits.Depth} deep");
        }

        if (++_values > ManifestLimits.Values)
        {
            throw new ManifestSyntaxException(line, $"holds more than {ManifestLimits.Values} values");
        }
    }

    /// <summary>Takes a finished document.</summary>
    public void Add(ManifestNode document)
    {
        if (_documents.Count == ManifestLimits.Documents)
        {
            throw new ManifestSyntaxException(document.Line, $"holds more than {ManifestLimits.Documents} documents");
        }

        _documents.Add(document);
    }

    /// <summary>Puts a value under a key.</summary>
    public static void Put(OrderedDictionary<string, ManifestNode> members, string key, ManifestNode value, int line)
    {
        if (!members.TryAdd(Checked(key, line), value))
        {
            throw new ManifestSyntaxException(line, $"gives {Shown.Quoted(key)} twice in one map");
        }
    }

    /// <summary>A complete map; null members are as good as absent and are dropped, so that no alias can multiply them at no cost.</summary>
    public static ManifestNode.Mapping Map(int line, OrderedDictionary<string, ManifestNode> members)
    {
        var nulls = members.Where(m => m.Value.IsNull).Select(m => m.Key).ToHashSet(StringComparer.Ordinal);
        return new ManifestNode.Mapping(line, nulls.Count == 0
            ? members
            : new OrderedDictionary<string, ManifestNode>(members.Where(m => !nulls.Contains(m.Key)), StringComparer.Ordinal));
    }

    /// <summary>The text, if it is Unicode: half a surrogate pair could not be passed on.</summary>
    public static string Checked(string text, int line)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    throw new ManifestSyntaxException(line, "contains half a surrogate pair, which is not Unicode text");
                }

                i++;
            }
        }

        return text;
    }
}
