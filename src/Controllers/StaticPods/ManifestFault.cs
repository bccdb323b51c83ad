using VirtualKubelet.Controllers.Pods;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>A document that declares no usable pod.</summary>
/// <param name="Key">The pod it means; null when it has no legal name.</param>
/// <param name="Place">Its place in the file.</param>
/// <param name="Errors">Everything that is wrong, each with file and line where known.</param>
/// <param name="MayBePod">It may mean any pod of the file; false for documents of another kind.</param>
internal sealed record ManifestFault(PodKey? Key, string Place, IReadOnlyList<string> Errors, bool MayBePod);
