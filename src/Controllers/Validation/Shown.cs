using System.Globalization;
using System.Text;

namespace VirtualKubelet.Controllers.Validation;

/// <summary>Shows text of unknown origin in messages: short, on one line, and without anything a terminal or a log would act on.</summary>
internal static class Shown
{
    private const int MaxLength = 80;

    /// <summary>The text in quotes.</summary>
    public static string Quoted(string? text) => text is null ? "null" : $"\"{Plain(text)}\"";

    /// <summary>The text without quotes.</summary>
    public static string Plain(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, MaxLength) + 8);
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            Append(shown, c);
        }

        return text.Length > MaxLength ? shown.Append('…').ToString() : shown.ToString();
    }

    private static void Append(StringBuilder shown, char c)
    {
        if (char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        {
            shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            return;
        }

        shown.Append(c);
    }
}
