using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.EndToEnd.Contract;

public sealed class SlurmExecTests(SlurmCluster cluster) : ExecContract(new CliHost(cluster)), IClassFixture<SlurmCluster>;
