using System.Text;
using System.Text.Json;
using VirtualKubelet.Controllers.Validation;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>Reads JSON documents, one behind the other.</summary>
internal ref struct JsonManifestReader
{
    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true, MaxDepth = ManifestLimits.Depth };

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ManifestBuilder _builder;
    private Utf8JsonReader _reader;
    private int _line;
    private long _counted;

    private JsonManifestReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _builder = new ManifestBuilder();
        _reader = new Utf8JsonReader(bytes, Options);
        _line = 1;
    }

    /// <summary>The documents of a file.</summary>
    /// <exception cref="ManifestSyntaxException">The file is not JSON.</exception>
    public static IReadOnlyList<ManifestNode> Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new JsonManifestReader(bytes);
        try
        {
            while (reader._reader.Read())
            {
                reader._builder.Add(reader.ReadValue(1));
            }

            return reader._builder.Documents;
        }
        catch (JsonException exception)
        {
            throw new ManifestSyntaxException((int)(exception.LineNumber ?? 0) + 1, "is not JSON: " + Shown.Plain(exception.Message));
        }
        catch (InvalidOperationException)
        {
            // GetString meets half a surrogate pair.
            throw new ManifestSyntaxException(reader._line, "contains half a surrogate pair, which is not Unicode text");
        }
    }

    private ManifestNode ReadValue(int depth)
    {
        var line = Line();
        _builder.Enter(line, depth);
        return _reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(line, depth),
            JsonTokenType.StartArray => ReadArray(line, depth),
            JsonTokenType.String => new ManifestNode.Text(line, ManifestBuilder.Checked(_reader.GetString()!, line)),
            _ => new ManifestNode.Literal(line, Encoding.UTF8.GetString(_reader.ValueSpan)),
        };
    }

    private ManifestNode.Mapping ReadObject(int line, int depth)
    {
        var members = new OrderedDictionary<string, ManifestNode>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var key = _reader.GetString()!;
            var at = Line();
            _reader.Read();
            ManifestBuilder.Put(members, key, ReadValue(depth + 1), at);
        }

        return ManifestBuilder.Map(line, members);
    }

    private ManifestNode.Sequence ReadArray(int line, int depth)
    {
        var items = new List<ManifestNode>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadValue(depth + 1));
        }

        return new ManifestNode.Sequence(line, items);
    }

    // Tokens come in order, so each stretch of the file is searched for line ends once.
    private int Line()
    {
        var start = _reader.TokenStartIndex;
        _line += _bytes[(int)_counted..(int)start].Count((byte)'\n');
        _counted = start;
        return _line;
    }
}
