using System.Globalization;
using System.Text;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Text in double quotes as Go's <c>strconv.Quote</c> writes it, so that files of the downward API read like a kubelet's.</summary>
internal static class GoQuotes
{
    /// <summary>Quotes a text.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            Append(quoted, rune);
        }

        return quoted.Append('"').ToString();
    }

    private static void Append(StringBuilder quoted, Rune rune)
    {
        if (rune.Value is '"' or '\\')
        {
            quoted.Append('\\').Append((char)rune.Value);
        }
        else if (IsPrint(rune))
        {
            quoted.Append(rune.ToString());
        }
        else
        {
            quoted.Append(Escape(rune));
        }
    }

    private static string Escape(Rune rune) => rune.Value switch
    {
        '\a' => "\\a",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\v' => "\\v",
        < ' ' or 0x7F => $"\\x{rune.Value:x2}",
        < 0x10000 => $"\\u{rune.Value:x4}",
        _ => $"\\U{rune.Value:x8}",
    };

    // unicode.IsPrint: letters, marks, numbers, punctuation, symbols, and of all blanks the ASCII one.
    private static bool IsPrint(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
