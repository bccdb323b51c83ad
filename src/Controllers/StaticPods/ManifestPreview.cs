using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>Reads a manifest as the agent would, without running anything.</summary>
public static class ManifestPreview
{
    /// <summary>The workloads a manifest declares, and everything that is wrong with it, each with its place.</summary>
    /// <param name="path">The file.</param>
    /// <param name="nodeName">The node the pods would run on.</param>
    /// <param name="hostAddress">The node's address.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (IReadOnlyList<Workload> Workloads, IReadOnlyList<string> Errors) Read(string path, string nodeName, string hostAddress, TimeProvider time)
    {
        var content = new ManifestReader(nodeName, time).Read(Path.GetFullPath(path), File.ReadAllBytes(path));
        var context = new WorkloadContext { NodeName = nodeName, HostAddress = hostAddress, Allocatable = new Dictionary<string, Quantity>() };
        var resolved = content.Pods.Select(pod => (pod.Origin, Workload: WorkloadResolver.Resolve(pod.Pod, context))).ToList();
        return (
            [.. resolved.Select(r => r.Workload.Workload).OfType<Workload>()],
            [.. content.Faults.SelectMany(f => f.Errors), .. resolved.SelectMany(r => r.Workload.Errors.Select(e => $"{r.Origin}: {e}"))]);
    }
}
