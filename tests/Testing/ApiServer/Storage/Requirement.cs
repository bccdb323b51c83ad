namespace VirtualKubelet.Testing.ApiServer.Storage;

/// <summary>One requirement of a selector: <c>a=b</c>, <c>a==b</c>, <c>a!=b</c> or, that there is one, <c>a</c>.</summary>
public sealed record Requirement(string Name, string? Value, bool IsNegated)
{
    public static IReadOnlyList<Requirement> ParseAll(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

    public bool IsMet(string? value) => Value is null ? value is not null : (value == Value) != IsNegated;

    private static Requirement Parse(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at < 0)
        {
            return new Requirement(text, null, false);
        }

        var negated = at > 0 && text[at - 1] == '!';
        return new Requirement(text[..(negated ? at - 1 : at)], text[(at + 1)..].TrimStart('='), negated);
    }
}
