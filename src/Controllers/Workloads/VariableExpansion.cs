using System.Text;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>
/// <c>$(VAR)</c> as Kubernetes expands it (third_party/forked/golang/expansion): <c>$$</c> is a literal <c>$</c>, an unknown variable
/// stays as written, and what a variable holds is not expanded again.
/// </summary>
internal static class VariableExpansion
{
    /// <summary>Expands a text.</summary>
    /// <exception cref="ExpansionTooLongException">The result is longer than <paramref name="maxLength"/> characters.</exception>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables, int maxLength) =>
        Expand(text, name => variables.GetValueOrDefault(name), maxLength);

    /// <summary>Expands a text with the values that a function gives; null for a variable that is unknown.</summary>
    /// <exception cref="ExpansionTooLongException">The result is longer than <paramref name="maxLength"/> characters.</exception>
    public static string Expand(string text, Func<string, string?> value, int maxLength)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var expanded = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var (piece, consumed) = ReadPiece(text, at, value);
            if (expanded.Length + piece.Length > maxLength)
            {
                throw new ExpansionTooLongException(maxLength);
            }

            expanded.Append(piece);
            at += consumed;
        }

        return expanded.ToString();
    }

    private static (ReadOnlyMemory<char> Piece, int Consumed) ReadPiece(string text, int at, Func<string, string?> value)
    {
        if (text[at] != '$')
        {
            var next = text.IndexOf('$', at);
            var length = (next < 0 ? text.Length : next) - at;
            return (text.AsMemory(at, length), length);
        }

        if (at + 1 < text.Length && text[at + 1] == '$')
        {
            return ("$".AsMemory(), 2);
        }

        var isReference = at + 1 < text.Length && text[at + 1] == '(';
        var end = isReference ? text.IndexOf(')', at + 2) : -1;
        if (end < 0)
        {
            // Not a reference, or one that never ends: Kubernetes copies the opener and goes on behind it.
            var opener = isReference ? 2 : 1;
            return (text.AsMemory(at, opener), opener);
        }

        var name = text[(at + 2)..end];
        var consumed = end + 1 - at;
        return value(name) is { } known ? (known.AsMemory(), consumed) : (text.AsMemory(at, consumed), consumed);
    }
}
