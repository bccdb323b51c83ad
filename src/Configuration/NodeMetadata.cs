using System.Collections.Immutable;

namespace VirtualKubelet.Configuration;

/// <summary>Who the node is.</summary>
public sealed record NodeMetadata
{
    /// <summary>The node's name: a DNS-1123 subdomain of at most 253 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Labels that the node carries besides the agent's own.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
