using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.EndToEnd.Contract;

public sealed class SlurmRestartTests(SlurmCluster cluster) : RestartContract(new CliHost(cluster)), IClassFixture<SlurmCluster>;
