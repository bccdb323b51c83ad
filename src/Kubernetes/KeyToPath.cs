namespace VirtualKubelet.Kubernetes;

/// <summary>Makes a file of a key (core/v1 <c>KeyToPath</c>).</summary>
public sealed record KeyToPath
{
    /// <summary>The key.</summary>
    public string? Key { get; init; }

    /// <summary>The file, relative to the volume.</summary>
    public string? Path { get; init; }

    /// <summary>Its permissions; absent leaves them to the volume.</summary>
    public int? Mode { get; init; }
}
