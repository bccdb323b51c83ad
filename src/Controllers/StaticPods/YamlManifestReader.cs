using VirtualKubelet.Controllers.Validation;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>
/// Reads YAML documents from the parser's events, so that no type, tag or alias of the text can make more of it than maps, lists and scalars.
/// An alias shares the node it names; what that unfolds to is bounded where the JSON is written.
/// </summary>
internal sealed class YamlManifestReader
{
    private readonly ManifestBuilder _builder = new();
    private readonly Dictionary<string, ManifestNode> _anchors = new(StringComparer.Ordinal);
    private readonly Parser _parser;

    private YamlManifestReader(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>The documents of a file.</summary>
    /// <exception cref="ManifestSyntaxException">The file is not YAML.</exception>
    public static IReadOnlyList<ManifestNode> Read(string text)
    {
        var reader = new YamlManifestReader(text);
        try
        {
            reader.ReadStream();
            return reader._builder.Documents;
        }
        catch (YamlException exception)
        {
            throw new ManifestSyntaxException((int)exception.Start.Line, "is not YAML: " + Shown.Plain(exception.Message));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException or FormatException)
        {
            // The parser was not written for hostile text: out-of-range escapes and directives end in the base class library's own exceptions.
            throw new ManifestSyntaxException(null, "is not YAML: " + Shown.Plain(exception.Message));
        }
    }

    private void ReadStream()
    {
        while (Next() is not StreamEnd)
        {
            if (_parser.Current is DocumentStart)
            {
                _anchors.Clear();
                Next();
                _builder.Add(ReadNode(1));
            }
        }
    }

    private ParsingEvent Next() => _parser.MoveNext() && _parser.Current is { } current
        ? current
        : throw new ManifestSyntaxException(null, "is not YAML: it ends too early");

    private ManifestNode ReadNode(int depth)
    {
        var current = _parser.Current!;
        var line = (int)current.Start.Line;
        _builder.Enter(line, depth);
        var node = current switch
        {
            Scalar scalar => ReadScalar(scalar, line),
            SequenceStart sequence => ReadSequence(sequence, line, depth),
            MappingStart mapping => ReadMapping(mapping, line, depth),
            AnchorAlias alias => _anchors.GetValueOrDefault(alias.Value.Value)
                ?? throw new ManifestSyntaxException(line, $"refers to *{Shown.Plain(alias.Value.Value)}, which is not defined before"),
            _ => throw new ManifestSyntaxException(line, "is not YAML: a value is missing"),
        };

        // An anchor is known once its node is complete, so that nothing can contain itself.
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor.Value] = node;
        }

        return node;
    }

    private static ManifestNode ReadScalar(Scalar scalar, int line)
    {
        if (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific)
        {
            return scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty
                ? YamlScalar.Resolve(scalar.Value, line)
                : new ManifestNode.Text(line, ManifestBuilder.Checked(scalar.Value, line));
        }

        return scalar.Tag.Value switch
        {
            "tag:yaml.org,2002:str" => new ManifestNode.Text(line, ManifestBuilder.Checked(scalar.Value, line)),
            "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null" => YamlScalar.Resolve(scalar.Value, line),
            _ => throw UnknownTag(scalar.Tag.Value, line),
        };
    }

    private ManifestNode.Sequence ReadSequence(SequenceStart start, int line, int depth)
    {
        RequireTag(start, "tag:yaml.org,2002:seq", line);
        var items = new List<ManifestNode>();
        while (Next() is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        return new ManifestNode.Sequence(line, items);
    }

    private ManifestNode.Mapping ReadMapping(MappingStart start, int line, int depth)
    {
        RequireTag(start, "tag:yaml.org,2002:map", line);
        var members = new OrderedDictionary<string, ManifestNode>(StringComparer.Ordinal);
        var merged = new List<ManifestNode>();
        while (Next() is not MappingEnd)
        {
            var at = (int)_parser.Current!.Start.Line;
            if (_parser.Current is not Scalar key)
            {
                throw new ManifestSyntaxException(at, "has a key that is not a string");
            }

            RememberKey(key, at);
            Next();
            var value = ReadNode(depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                merged.Add(value);
            }
            else
            {
                ManifestBuilder.Put(members, key.Value, value, at);
            }
        }

        merged.ForEach(value => Merge(value, members));
        return ManifestBuilder.Map(line, members);
    }

    private void RememberKey(Scalar key, int line)
    {
        if (!key.Anchor.IsEmpty)
        {
            _anchors[key.Anchor.Value] = new ManifestNode.Text(line, ManifestBuilder.Checked(key.Value, line));
        }
    }

    // "<<: *base": members of the map named, or of several, unless the map has its own. Each copied member counts as a value.
    private void Merge(ManifestNode value, OrderedDictionary<string, ManifestNode> members)
    {
        foreach (var source in value is ManifestNode.Sequence list ? list.Items : [value])
        {
            if (source is not ManifestNode.Mapping map)
            {
                throw new ManifestSyntaxException(source.Line, "merges (<<) something that is not a map");
            }

            foreach (var (key, member) in map.Members)
            {
                _builder.Enter(member.Line, 1);
                members.TryAdd(key, member);
            }
        }
    }

    private static void RequireTag(NodeEvent node, string tag, int line)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && node.Tag.Value != tag)
        {
            throw UnknownTag(node.Tag.Value, line);
        }
    }

    private static ManifestSyntaxException UnknownTag(string tag, int line) =>
        new(line, $"uses the tag {Shown.Quoted(tag)}, which has no meaning in a manifest");
}
