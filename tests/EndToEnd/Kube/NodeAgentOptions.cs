using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>What differs between the agents of the tests in a cluster; the rest is alike.</summary>
internal sealed record NodeAgentOptions
{
    /// <summary>The nodes, one document each; by default one named after the agent's directory.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>The agent's identity; by default that of its node.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Seconds after which a stand-by may take over.</summary>
    public int LeaseSeconds { get; init; } = 40;

    /// <summary>Lines of YAML below <c>spec.kubelet</c>, each as <c>key: value</c>.</summary>
    public IReadOnlyList<string> Kubelet { get; init; } = [];

    public string LostJobGrace { get; init; } = "3s";

    public string CommandTimeout { get; init; } = "30s";

    public string ShimPath { get; init; } = Binaries.Shim;

    /// <summary>The agent's environment, besides Slurm's and our own.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The directory of another agent whose files are used as well.</summary>
    public string? Root { get; init; }
}
