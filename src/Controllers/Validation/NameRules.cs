using System.Buffers;

namespace VirtualKubelet.Controllers.Validation;

/// <summary>The alphabets of Kubernetes' names (apimachinery <c>util/validation</c>). Each rule returns what is wrong, or null.</summary>
internal static class NameRules
{
    private const int MaxLabel = 63;
    private const int MaxSubdomain = 253;
    private const int MaxUid = 64;

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> QualifiedCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    private static readonly SearchValues<char> UidCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>RFC 1123 label: namespaces, containers, volumes.</summary>
    public static string? Label(string name) =>
        name.Length is 0 or > MaxLabel || !IsLabel(name)
            ? $"{Shown.Quoted(name)} is not a name: at most 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit"
            : null;

    /// <summary>RFC 1123 subdomain: pods, service accounts.</summary>
    public static string? Subdomain(string name) =>
        name.Length is 0 or > MaxSubdomain || !name.Split('.').All(IsLabel)
            ? $"{Shown.Quoted(name)} is not a name: at most 253 of a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit"
            : null;

    /// <summary>A UID: it becomes part of a path and of a job's comment, so nothing but letters, digits and '-'.</summary>
    public static string? Uid(string uid) =>
        uid.Length is 0 or > MaxUid || uid.AsSpan().ContainsAnyExcept(UidCharacters)
            ? $"{Shown.Quoted(uid)} is not a UID: 1 to 64 letters, digits and '-'"
            : null;

    /// <summary>A qualified name: keys of labels and annotations, resources.</summary>
    public static string? Qualified(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key.AsSpan(slash + 1);
        var isKey = IsQualifiedPart(name) && name.Length > 0 && (slash < 0 || Subdomain(key[..slash]) is null);
        return isKey ? null : $"{Shown.Quoted(key)} is not a key: write [prefix.example.org/]name with at most 63 letters, digits, '-', '_' and '.' in the name";
    }

    /// <summary>The value of a label; may be empty.</summary>
    public static string? LabelValue(string value) =>
        IsQualifiedPart(value)
            ? null
            : $"{Shown.Quoted(value)} is not a label's value: at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit";

    /// <summary>An environment variable's name, by the rule that every Kubernetes release accepts.</summary>
    public static string? Environment(string name) =>
        name.Length == 0 || char.IsAsciiDigit(name[0]) || name.AsSpan().ContainsAnyExcept(QualifiedCharacters) || name is "." || name.StartsWith("..", StringComparison.Ordinal)
            ? $"{Shown.Quoted(name)} is not a variable's name: letters, digits, '-', '_' and '.', not beginning with a digit"
            : null;

    private static bool IsLabel(string part) =>
        part.Length > 0 && !part.AsSpan().ContainsAnyExcept(LabelCharacters) && part[0] != '-' && part[^1] != '-';

    private static bool IsQualifiedPart(ReadOnlySpan<char> part) =>
        part.Length <= MaxLabel
        && !part.ContainsAnyExcept(QualifiedCharacters)
        && (part.IsEmpty || (char.IsAsciiLetterOrDigit(part[0]) && char.IsAsciiLetterOrDigit(part[^1])));
}
