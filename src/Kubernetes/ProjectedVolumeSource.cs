namespace VirtualKubelet.Kubernetes;

/// <summary>Files of several sources in one volume (core/v1 <c>ProjectedVolumeSource</c>).</summary>
public sealed record ProjectedVolumeSource
{
    /// <summary>The sources; of two files of one path the later source's counts.</summary>
    public IReadOnlyList<VolumeProjection>? Sources { get; init; }

    /// <summary>Permissions; absent is 0644.</summary>
    public int? DefaultMode { get; init; }
}
