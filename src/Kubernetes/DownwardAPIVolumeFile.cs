namespace VirtualKubelet.Kubernetes;

/// <summary>A file that tells something of the pod (core/v1 <c>DownwardAPIVolumeFile</c>); exactly one of the references is present.</summary>
public sealed record DownwardAPIVolumeFile
{
    /// <summary>The file, relative to the volume.</summary>
    public string? Path { get; init; }

    /// <summary>A field of the pod.</summary>
    public ObjectFieldSelector? FieldRef { get; init; }

    /// <summary>A request or limit of a container.</summary>
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    /// <summary>Its permissions; absent leaves them to the volume.</summary>
    public int? Mode { get; init; }
}
