using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.EndToEnd.Contract;

public sealed class SlurmLifeCycleTests(SlurmCluster cluster) : LifeCycleContract(new CliHost(cluster)), IClassFixture<SlurmCluster>;
