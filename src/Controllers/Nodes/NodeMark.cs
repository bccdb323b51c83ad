using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>
/// Tells the Nodes of this agent from those of real kubelets, whose running pods it would report as lost: by the build metadata of
/// <c>status.nodeInfo.kubeletVersion</c>, which does not count when versions are compared.
/// </summary>
public static class NodeMark
{
    private const string Name = "+vk-slurm.";

    internal static string BuildMetadata { get; } = Name + typeof(NodeMark).Assembly.GetName().Version?.ToString(3);

    /// <summary>The version of the kubelet whose Node it is; null when it is ours, or nobody's so far, such as one that an administrator made in advance.</summary>
    public static string? OtherKubeletOf(Node node) =>
        node.Status?.NodeInfo?.KubeletVersion is { Length: > 0 } version && !version.Contains(Name, StringComparison.Ordinal) ? version : null;
}
