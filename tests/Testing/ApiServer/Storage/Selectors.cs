using System.Text.Json;

namespace VirtualKubelet.Testing.ApiServer.Storage;

/// <summary>Which objects a list or a watch is about.</summary>
/// <param name="Type">The resource.</param>
/// <param name="Namespace">The namespace; empty is all.</param>
/// <param name="Fields">Requirements on fields.</param>
/// <param name="Labels">Requirements on labels.</param>
public sealed record Selectors(
    ResourceType Type, string Namespace, IReadOnlyList<Requirement> Fields, IReadOnlyList<Requirement> Labels)
{
    /// <exception cref="StatusException">A field cannot be selected by.</exception>
    public static Selectors Parse(ResourceType type, string inNamespace, string? fields, string? labels)
    {
        var selectors = new Selectors(type, inNamespace, Requirement.ParseAll(fields), Requirement.ParseAll(labels));
        return selectors.Fields.FirstOrDefault(f => !type.CanSelectBy(f.Name)) is { } unknown
            ? throw StatusException.BadRequest($"field label not supported: {unknown.Name}")
            : selectors;
    }

    public bool Match(JsonElement candidate) =>
        (Namespace.Length == 0 || candidate.Text("metadata.namespace") == Namespace)
        && Fields.All(f => f.IsMet(candidate.Text(f.Name) ?? ""))
        && Labels.All(l => l.IsMet(Label(candidate, l.Name)));

    // Labels have dots in their names, so that a path does not find them.
    private static string? Label(JsonElement candidate, string name) =>
        candidate.GetProperty("metadata").TryGetProperty("labels", out var labels) && labels.TryGetProperty(name, out var value) ? value.GetString() : null;
}
