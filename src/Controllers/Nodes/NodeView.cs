using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>Everything a status is made of, at one moment.</summary>
/// <param name="Backend">What the provider says; null before its first answer.</param>
/// <param name="NotReady">Why the agent cannot run pods; empty when it can.</param>
/// <param name="Server">The API server's version; null when it does not say.</param>
/// <param name="Now">The time of day.</param>
internal sealed record NodeView(NodeState? Backend, IReadOnlyList<string> NotReady, ServerVersion? Server, DateTimeOffset Now);
