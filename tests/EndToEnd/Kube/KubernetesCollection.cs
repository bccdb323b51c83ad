using VirtualKubelet.EndToEnd.Clusters;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>Tests that leave the API server and Slurm alone, so that all of them share one of each; one after the other, as they share the nodes' cores.</summary>
[CollectionDefinition(Name)]
public sealed class KubernetesCollection : ICollectionFixture<KubernetesSite>
{
    public const string Name = "Kubernetes";
}
