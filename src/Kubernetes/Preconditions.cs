namespace VirtualKubelet.Kubernetes;

/// <summary>What an object must be for a deletion to take place; otherwise the answer is a conflict (meta/v1 <c>Preconditions</c>).</summary>
public sealed record Preconditions
{
    /// <summary>Its identity.</summary>
    public string? Uid { get; init; }

    /// <summary>Its version.</summary>
    public string? ResourceVersion { get; init; }
}
