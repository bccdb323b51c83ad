namespace VirtualKubelet.Shim.Protocol;

/// <summary>A place in a container where a volume of the pod directory appears.</summary>
/// <param name="Volume">The volume's name: <see cref="PodDirectoryLayout.VolumeDirectory"/>.</param>
/// <param name="Path">Where the container sees it: absolute, without <c>..</c>.</param>
/// <param name="SubPath">The part of the volume that appears, relative and without <c>..</c>; absent is all of it.</param>
/// <param name="ReadOnly">Whether the container may not write there.</param>
public sealed record MountPlan(string Volume, string Path, string? SubPath = null, bool ReadOnly = false);
