namespace VirtualKubelet.Kubernetes;

/// <summary>Files of a ConfigMap (core/v1 <c>ConfigMapVolumeSource</c>, and <c>ConfigMapProjection</c>, which has no mode).</summary>
public sealed record ConfigMapVolumeSource
{
    /// <summary>The ConfigMap.</summary>
    public string? Name { get; init; }

    /// <summary>The keys to take; absent is all.</summary>
    public IReadOnlyList<KeyToPath>? Items { get; init; }

    /// <summary>Permissions; absent is 0644.</summary>
    public int? DefaultMode { get; init; }

    /// <summary>Whether ConfigMap and keys may be missing.</summary>
    public bool? Optional { get; init; }
}
