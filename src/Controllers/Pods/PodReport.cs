using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>What the API server is to know of a pod.</summary>
/// <param name="Status">Its status.</param>
/// <param name="IsOver">The provider has nothing of it any more, and the status is the last one.</param>
internal sealed record PodReport(PodStatus Status, bool IsOver);
