namespace VirtualKubelet.Kubernetes;

/// <summary>Files of a Secret among others in one volume (core/v1 <c>SecretProjection</c>).</summary>
public sealed record SecretProjection
{
    /// <summary>The Secret.</summary>
    public string? Name { get; init; }

    /// <summary>The keys to take; absent is all.</summary>
    public IReadOnlyList<KeyToPath>? Items { get; init; }

    /// <summary>Whether Secret and keys may be missing.</summary>
    public bool? Optional { get; init; }
}
