using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.EndToEnd.Contract;

public sealed class SlurmLogTests(SlurmCluster cluster) : LogContract(new CliHost(cluster)), IClassFixture<SlurmCluster>;
