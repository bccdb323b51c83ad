using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.EndToEnd.Contract;

public sealed class SlurmDeletionTests(SlurmCluster cluster) : DeletionContract(new CliHost(cluster)), IClassFixture<SlurmCluster>;
