using System.Globalization;
using System.Text;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>Puts a file's own words into messages: on one line, of bounded length, whatever they are.</summary>
internal static class Words
{
    private const int MaxLength = 80;

    public static string Quote(string text) => $"\"{Shorten(text)}\"";

    public static string Shorten(string text)
    {
        var words = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            Append(words, c);
        }

        return text.Length > MaxLength ? words.Append('…').ToString() : words.ToString();
    }

    private static void Append(StringBuilder words, char c)
    {
        _ = c switch
        {
            '\n' => words.Append("\\n"),
            '\r' => words.Append("\\r"),
            '\t' => words.Append("\\t"),
            '"' => words.Append("\\\""),
            _ when char.IsControl(c) || c is '\u2028' or '\u2029' => words.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            _ => words.Append(c),
        };
    }
}
