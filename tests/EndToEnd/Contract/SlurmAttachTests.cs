using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.EndToEnd.Contract;

public sealed class SlurmAttachTests(SlurmCluster cluster) : AttachContract(new CliHost(cluster)), IClassFixture<SlurmCluster>;
