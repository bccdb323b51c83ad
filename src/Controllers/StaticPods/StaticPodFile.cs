using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>One manifest file read by itself, for those who want to see what would run without running it.</summary>
/// <param name="Workloads">What would be given to the provider.</param>
/// <param name="Errors">What is wrong, each with file and line where known.</param>
public sealed record StaticPodFile(IReadOnlyList<Workload> Workloads, IReadOnlyList<string> Errors)
{
    /// <summary>Reads a file; what is wrong with it is in <see cref="Errors"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="nodeName">The node's name.</param>
    /// <param name="hostAddress">The node's address.</param>
    /// <param name="allocatable">What the node offers, for variables that ask for the limit of a container that has none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<StaticPodFile> ReadAsync(
        string path, string nodeName, string hostAddress, IReadOnlyDictionary<string, Quantity> allocatable, TimeProvider time, CancellationToken cancellationToken)
    {
        var fullPath = Path.GetFullPath(path);
        var content = new ManifestReader(nodeName, time).Read(fullPath, await File.ReadAllBytesAsync(fullPath, cancellationToken));
        var context = new WorkloadContext { NodeName = nodeName, HostAddress = hostAddress, Allocatable = allocatable };
        var resolved = content.Pods.Select(pod => (pod.Origin, Result: WorkloadResolver.Resolve(pod.Pod, context))).ToList();
        return new StaticPodFile(
            [.. resolved.Select(r => r.Result.Workload).OfType<Workload>()],
            [.. content.Faults.SelectMany(f => f.Errors), .. resolved.SelectMany(r => r.Result.Errors.Select(e => $"{r.Origin}: {e}"))]);
    }
}
