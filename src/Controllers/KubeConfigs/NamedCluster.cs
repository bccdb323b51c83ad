namespace VirtualKubelet.Controllers.KubeConfigs;

/// <summary>A cluster and its name.</summary>
internal sealed record NamedCluster(string? Name, KubeCluster? Cluster);
