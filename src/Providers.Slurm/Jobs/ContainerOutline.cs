namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>What is kept in memory of a container.</summary>
/// <param name="Name">The container's name.</param>
/// <param name="Image">The image, empty where the pod names none.</param>
internal sealed record ContainerOutline(string Name, string Image);
