using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>What a text must look like: one pattern for the reader and for the schema.</summary>
internal sealed class TextRule
{
    private readonly Regex expression;
    private readonly int maxLength;
    private readonly string hint;

    /// <param name="pattern">A regular expression both .NET and ECMAScript understand, without anchors.</param>
    /// <param name="maxLength">Most characters; also what keeps matching cheap.</param>
    /// <param name="hint">What follows the quoted text in an error: "is not a …; write for example …".</param>
    public TextRule([StringSyntax(StringSyntaxAttribute.Regex)] string pattern, int maxLength, string hint)
    {
        SchemaPattern = $"^(?:{pattern})$";
        this.maxLength = maxLength;
        this.hint = hint;
        // \z and not $: in .NET the latter also matches before a final line break.
        expression = new Regex($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant);
    }

    public string SchemaPattern { get; }

    /// <summary>What is wrong with the text; null when it is right.</summary>
    public string? Check(string text) =>
        text.Length > maxLength ? string.Create(CultureInfo.InvariantCulture, $"has {text.Length} characters; at most {maxLength} are allowed")
        : expression.IsMatch(text) ? null
        : $"{Words.Quote(text)} {hint}";

    public JsonObject Schema() => new()
    {
        ["type"] = "string",
        ["pattern"] = SchemaPattern,
        ["maxLength"] = maxLength,
    };
}
