namespace VirtualKubelet.Kubernetes;

/// <summary>Files that tell of the pod itself (core/v1 <c>DownwardAPIVolumeSource</c>, and <c>DownwardAPIProjection</c>, which has no mode).</summary>
public sealed record DownwardAPIVolumeSource
{
    /// <summary>The files.</summary>
    public IReadOnlyList<DownwardAPIVolumeFile>? Items { get; init; }

    /// <summary>Permissions; absent is 0644.</summary>
    public int? DefaultMode { get; init; }
}
