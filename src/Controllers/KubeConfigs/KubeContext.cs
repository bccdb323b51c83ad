namespace VirtualKubelet.Controllers.KubeConfigs;

/// <summary>Who talks to which cluster, and about which namespace.</summary>
internal sealed record KubeContext(string? Cluster, string? User, string? Namespace);
