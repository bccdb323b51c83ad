using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.EndToEnd.Contract;

public sealed class SlurmVolumeTests(SlurmCluster cluster) : VolumeContract(new CliHost(cluster)), IClassFixture<SlurmCluster>;
