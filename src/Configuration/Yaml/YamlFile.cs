using YamlDotNet.Core;

namespace VirtualKubelet.Configuration.Yaml;

/// <summary>A text taken apart into documents, up to the first place that is not YAML.</summary>
/// <param name="Documents">The documents before that place; those that hold nothing are left out.</param>
/// <param name="Problem">What is wrong at that place; null when the whole text was read.</param>
/// <param name="ProblemPosition">That place.</param>
internal sealed record YamlFile(IReadOnlyList<Node> Documents, string? Problem, Position ProblemPosition)
{
    private const char ByteOrderMark = '\uFEFF';

    public static YamlFile Parse(string text)
    {
        text = text.TrimStart(ByteOrderMark);
        // YamlDotNet takes a NUL for the end of the file and would silently ignore what follows.
        var forbidden = ForbiddenCharacters.Find(text);
        if (forbidden is { } found)
        {
            return new YamlFile([], found.Problem, found.Position);
        }

        var documents = new List<Node>();
        try
        {
            using var reader = new StringReader(text);
            var loader = new DocumentLoader(new CarefulParser(new Parser(reader)));
            while (loader.TryLoadNext(out var root))
            {
                if (root is not ScalarNode { Kind: ScalarKind.Null })
                {
                    documents.Add(root);
                }
            }

            return new YamlFile(documents, null, Position.Start);
        }
        catch (YamlException e)
        {
            return new YamlFile(documents, $"not valid YAML: {Sentence(e.Message)}", Within(text, Positions.From(e.Start)));
        }
        catch (YamlLimitException e)
        {
            return new YamlFile(documents, e.Message, e.Position);
        }
    }

    /// <summary>YamlDotNet places an unexpected end of a text without final line break on a line that does not exist.</summary>
    private static Position Within(string text, Position position)
    {
        var lines = 0;
        var last = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            lines++;
            last = line.Length;
        }

        return position.Line <= lines ? position : new Position(lines, last + 1);
    }

    private static string Sentence(string message) =>
        message.Length == 0 ? "the parser gives no reason" : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
}
