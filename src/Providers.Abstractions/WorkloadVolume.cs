namespace VirtualKubelet.Providers;

/// <summary>A volume that is made of files, such as those of a ConfigMap. It is complete: what is not among its files is not in the volume.</summary>
/// <param name="Name">The volume's name in the pod.</param>
/// <param name="Files">Its files, no two of one path.</param>
public sealed record WorkloadVolume(string Name, IReadOnlyList<VolumeFile> Files);
