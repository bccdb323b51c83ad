namespace VirtualKubelet.Testing.ApiServer.Storage;

/// <summary>What the server knows about a resource.</summary>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Plural">As in paths.</param>
/// <param name="Kind">As in objects.</param>
/// <param name="IsNamespaced">Whether objects live in namespaces.</param>
public sealed record ResourceType(string ApiVersion, string Plural, string Kind, bool IsNamespaced)
{
    private static readonly string[] Names = ["metadata.name", "metadata.namespace"];

    /// <summary>Whether the status is changed through a path of its own, and only there.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Whether a deletion is a wish at first.</summary>
    public bool IsDeletedGracefully { get; init; }

    /// <summary>Whether an update must say which version it replaces.</summary>
    public bool UpdateNeedsVersion { get; init; }

    /// <summary>Whether it is a question, answered and forgotten.</summary>
    public bool IsReview { get; init; }

    /// <summary>Fields that select, besides name and namespace.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    public bool CanSelectBy(string field) => Names.Contains(field) || SelectableFields.Contains(field);

    public override string ToString() => Plural;
}
