namespace VirtualKubelet.Kubernetes;

/// <summary>Files of a Secret (core/v1 <c>SecretVolumeSource</c>).</summary>
public sealed record SecretVolumeSource
{
    /// <summary>The Secret.</summary>
    public string? SecretName { get; init; }

    /// <summary>The keys to take; absent is all.</summary>
    public IReadOnlyList<KeyToPath>? Items { get; init; }

    /// <summary>Permissions; absent is 0644.</summary>
    public int? DefaultMode { get; init; }

    /// <summary>Whether Secret and keys may be missing.</summary>
    public bool? Optional { get; init; }
}
