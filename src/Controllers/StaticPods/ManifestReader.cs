using System.Buffers;
using System.Globalization;
using System.Text;
using VirtualKubelet.Controllers.Validation;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>Reads what a manifest file says. Never throws for what is in it.</summary>
internal sealed class ManifestReader(string nodeName, TimeProvider time)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // What YAML and JSON both refuse as raw characters; the parser itself would let them pass.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(c => (char)c).Except(['\t', '\n', '\r']), '\u007f', '\ufffe', '\uffff']);

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="path">The file's full path, for messages and UIDs.</param>
    /// <param name="bytes">What is in it.</param>
    public ManifestContent Read(string path, ReadOnlyMemory<byte> bytes)
    {
        var file = Shown.Plain(Path.GetFileName(path));
        try
        {
            return ReadDocuments(path, file, Parse(path, bytes.Span));
        }
        catch (ManifestSyntaxException exception)
        {
            return ManifestContent.Unreadable($"{At(file, exception.Line)}: {exception.Message}");
        }
    }

    private static IReadOnlyList<ManifestNode> Parse(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ManifestLimits.FileBytes)
        {
            throw new ManifestSyntaxException(null, $"is larger than {ManifestLimits.FileBytes} bytes");
        }

        var text = Decode(bytes);
        var body = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        if (path.EndsWith(".json", StringComparison.Ordinal))
        {
            return JsonManifestReader.Read(body);
        }

        // YAML holds most of JSON but not all (tabs, escaped surrogate pairs); what only looks like JSON is YAML.
        if (text.AsSpan().TrimStart().StartsWith("{"))
        {
            try
            {
                return JsonManifestReader.Read(body);
            }
            catch (ManifestSyntaxException)
            {
                return YamlManifestReader.Read(text);
            }
        }

        return YamlManifestReader.Read(text);
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(bytes).TrimStart('\ufeff');
        }
        catch (DecoderFallbackException exception)
        {
            var valid = bytes[..Math.Clamp(exception.Index, 0, bytes.Length)];
            throw new ManifestSyntaxException(valid.Count((byte)'\n') + 1, "is not UTF-8 text");
        }

        var bad = text.AsSpan().IndexOfAny(Forbidden);
        return bad < 0
            ? text
            : throw new ManifestSyntaxException(text.AsSpan(0, bad).Count('\n') + 1, $"contains the control character U+{(int)text[bad]:X4}");
    }

    private ManifestContent ReadDocuments(string path, string file, IReadOnlyList<ManifestNode> documents)
    {
        var pods = new List<ManifestPod>();
        var faults = new List<ManifestFault>();
        var json = new ManifestJson();
        var now = time.GetUtcNow();
        foreach (var (document, place) in documents.SelectMany((document, i) => Unfold(document, (i + 1).ToString(CultureInfo.InvariantCulture))))
        {
            if (pods.Count + faults.Count == ManifestLimits.Documents)
            {
                throw new ManifestSyntaxException(document.Line, $"declares more than {ManifestLimits.Documents} objects");
            }

            new PodDocument(path, file, place, nodeName, json, now).Read(document, pods, faults);
        }

        return new ManifestContent(pods, faults, true);
    }

    private static IEnumerable<(ManifestNode Document, string Place)> Unfold(ManifestNode document, string place)
    {
        if (document.IsNull)
        {
            return [];
        }

        if (document.TextOf("kind") is not ("List" or "PodList") || document.TextOf("apiVersion") != "v1" || document.Member("items") is not ManifestNode.Sequence items)
        {
            return [(document, place)];
        }

        var isPodList = document.TextOf("kind") == "PodList";
        return items.Items.Select((item, i) => (isPodList ? AsPod(item) : item, $"{place}-{i + 1}"));
    }

    // Items of a typed list need not repeat their kind.
    private static ManifestNode AsPod(ManifestNode item)
    {
        if (item is not ManifestNode.Mapping map)
        {
            return item;
        }

        var members = new OrderedDictionary<string, ManifestNode>(map.Members, StringComparer.Ordinal);
        members.TryAdd("apiVersion", new ManifestNode.Text(map.Line, "v1"));
        members.TryAdd("kind", new ManifestNode.Text(map.Line, "Pod"));
        return map with { Members = members };
    }

    private static string At(string file, int? line) =>
        line is { } known ? string.Create(CultureInfo.InvariantCulture, $"{file}:{known}") : file;
}
