using System.Globalization;

namespace VirtualKubelet.Controllers.Validation;

/// <summary>A place in a pod, such as <c>spec.containers[0].env[2].name</c> or <c>metadata.labels['app']</c>.</summary>
internal readonly record struct FieldPath(string Text)
{
    /// <summary>The member of an object.</summary>
    public FieldPath Member(string name) => new(string.IsNullOrEmpty(Text) ? name : $"{Text}.{name}");

    /// <summary>An item of a list.</summary>
    public FieldPath Item(int index) => new(string.Create(CultureInfo.InvariantCulture, $"{Text}[{index}]"));

    /// <summary>An entry of a map; the key is the user's, so it is shown with care.</summary>
    public FieldPath Key(string key) => new($"{Text}['{Shown.Plain(key)}']");

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Splits a path, ours or the JSON reader's (<c>$.spec…</c>), into member names, keys and indices.</summary>
    public static IReadOnlyList<string> Split(string path)
    {
        var segments = new List<string>();
        var rest = path.AsSpan().TrimStart('$');
        while (!rest.IsEmpty)
        {
            var (segment, length) = Next(rest);
            if (segment.Length > 0)
            {
                segments.Add(segment);
            }

            rest = rest[length..];
        }

        return segments;
    }

    private static (string Segment, int Length) Next(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith("['") && rest[2..].IndexOf("']") is >= 0 and var quoted)
        {
            return (rest.Slice(2, quoted).ToString(), quoted + 4);
        }

        if (rest[0] == '[' && rest.IndexOf(']') is > 0 and var bracket)
        {
            return (rest[1..bracket].ToString(), bracket + 1);
        }

        var start = rest[0] == '.' ? 1 : 0;
        var length = rest[start..].IndexOfAny('.', '[');
        var end = length < 0 ? rest.Length : Math.Max(start + length, 1);
        return (rest[start..end].ToString(), end);
    }
}
