using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Validation;

/// <summary>
/// Rules of free text. Nothing in a pod may hold NUL: it ends an argument, a variable and a path early, and what follows it would be lost
/// without a word.
/// </summary>
internal static class TextRules
{
    /// <summary>Checks every string of a pod, those of fields unknown to this build included.</summary>
    public static void Check(Pod pod, FieldErrors errors) =>
        Walk(JsonSerializer.SerializeToElement(pod with { Status = null }, KubernetesJson.Api.Pod), default, errors);

    /// <summary>The rule of paths and other text that stays on one line.</summary>
    public static string? Line(string text) =>
        text.Any(char.IsControl) ? $"{Shown.Quoted(text)} may not contain control characters" : null;

    private static void Walk(JsonElement element, FieldPath path, FieldErrors errors)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                errors.Add(path, Text(element.GetString()!));
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, path.Item(index++), errors);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    var at = NeedsQuotes(member.Name) ? path.Key(member.Name) : path.Member(member.Name);
                    errors.Add(at, Text(member.Name));
                    Walk(member.Value, at, errors);
                }

                break;
            default:
                break;
        }
    }

    private static string? Text(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? "contains a NUL character" : null;

    private static bool NeedsQuotes(string name) => !name.All(char.IsAsciiLetterOrDigit);
}
