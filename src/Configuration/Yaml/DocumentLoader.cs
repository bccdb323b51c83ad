using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace VirtualKubelet.Configuration.Yaml;

/// <summary>
/// Builds trees from parser events. Bounds: <see cref="MaxDepth"/> levels, <see cref="MaxValues"/> values in the whole file with every alias
/// counted as often as it is used, so that neither a deep nor an exploding document costs more than its size.
/// </summary>
internal sealed class DocumentLoader(IParser parser)
{
    public const int MaxDepth = 32;
    public const int MaxValues = 20_000;

    private readonly Dictionary<AnchorName, Node> anchors = [];
    private int values;

    public bool TryLoadNext([NotNullWhen(true)] out Node? root)
    {
        root = null;
        parser.TryConsume<StreamStart>(out _);
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            return false;
        }

        anchors.Clear();
        root = Load(depth: 1);
        parser.Consume<DocumentEnd>();
        return true;
    }

    private Node Load(int depth)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Resolve(alias, depth);
        }

        var start = parser.Require<NodeEvent>();
        Admit(start, depth, size: 1, height: 1);
        Node node = start switch
        {
            Scalar => LoadScalar(),
            SequenceStart => LoadSequence(depth),
            _ => LoadMapping(depth),
        };
        if (!start.Anchor.IsEmpty)
        {
            anchors[start.Anchor] = node;
        }

        return node;
    }

    private ScalarNode LoadScalar()
    {
        var scalar = parser.Consume<Scalar>();
        var kind = scalar.Style == ScalarStyle.Plain ? ScalarKinds.Of(scalar.Value) : ScalarKind.Text;
        return new ScalarNode(Positions.From(scalar.Start), scalar.Value, kind);
    }

    private SequenceNode LoadSequence(int depth)
    {
        var start = parser.Consume<SequenceStart>();
        var items = new List<Node>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Load(depth + 1));
        }

        return new SequenceNode(Positions.From(start.Start), items);
    }

    private MappingNode LoadMapping(int depth)
    {
        var start = parser.Consume<MappingStart>();
        var entries = new List<MappingEntry>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = LoadKey();
            entries.Add(new MappingEntry(key.Text, key.Position, Load(depth + 1)));
        }

        return new MappingNode(Positions.From(start.Start), entries);
    }

    private ScalarNode LoadKey()
    {
        var start = parser.Require<ParsingEvent>();
        if (start is not Scalar scalar || !scalar.Anchor.IsEmpty || !scalar.Tag.IsEmpty)
        {
            throw new YamlLimitException(Positions.From(start.Start), "a key must be a plain word without anchor, alias or tag");
        }

        return LoadScalar();
    }

    private Node Resolve(AnchorAlias alias, int depth)
    {
        // An anchor is known only once its value is complete: a value cannot contain itself.
        if (!anchors.TryGetValue(alias.Value, out var node))
        {
            throw new YamlLimitException(Positions.From(alias.Start), $"no value before this place is marked &{alias.Value}");
        }

        Admit(alias, depth, node.Size, node.Height);
        return node;
    }

    private void Admit(ParsingEvent at, int depth, int size, int height)
    {
        if (at is NodeEvent { Tag.IsEmpty: false })
        {
            throw new YamlLimitException(Positions.From(at.Start), "tags have no use here; remove the word that starts with \"!\"");
        }

        if (depth + height - 1 > MaxDepth)
        {
            throw new YamlLimitException(Positions.From(at.Start), $"more than {MaxDepth} levels inside each other");
        }

        values += size;
        if (values > MaxValues)
        {
            throw new YamlLimitException(Positions.From(at.Start), $"more than {MaxValues} values in one file, each alias counted as often as it is used");
        }
    }
}
