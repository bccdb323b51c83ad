namespace VirtualKubelet.Controllers.Nodes;

/// <summary>The Node is that of a real kubelet.</summary>
/// <param name="name">The node.</param>
/// <param name="version">The kubelet's version.</param>
internal sealed class ForeignNodeException(string name, string version)
    : Exception($"the Node {name} is that of a kubelet {version}; give the virtual node another metadata.name, or delete the Node if that kubelet is gone for good");
