namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>What a backend offers: totals of the usable nodes.</summary>
/// <param name="Version">Name and version of the backend.</param>
/// <param name="Cpus">CPUs of all usable nodes.</param>
/// <param name="MemoryMiB">Memory of all usable nodes.</param>
/// <param name="Gres">Generic resources by name, such as <c>gpu</c> or <c>gpu:a100</c>.</param>
/// <param name="UsableNodes">How many nodes are usable.</param>
internal sealed record BackendNode(string Version, long Cpus, long MemoryMiB, IReadOnlyDictionary<string, long> Gres, int UsableNodes);
