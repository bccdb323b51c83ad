using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.EndToEnd.Contract;

public sealed class SlurmConnectTests(SlurmCluster cluster) : ConnectContract(new CliHost(cluster)), IClassFixture<SlurmCluster>;
