using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.EndToEnd.Contract;

public sealed class SlurmWatchTests(SlurmCluster cluster) : WatchContract(new CliHost(cluster)), IClassFixture<SlurmCluster>;
