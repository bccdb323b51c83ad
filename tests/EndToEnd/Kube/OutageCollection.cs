using VirtualKubelet.EndToEnd.Clusters;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>Tests that stop the API server or Slurm, on a site of their own.</summary>
[CollectionDefinition(Name)]
public sealed class OutageCollection : ICollectionFixture<KubernetesSite>
{
    public const string Name = "Kubernetes outages";
}
