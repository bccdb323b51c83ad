using VirtualKubelet.EndToEnd.Clusters;

namespace VirtualKubelet.EndToEnd;

public sealed class LostJobWithoutAccountingTests(ForgetfulCluster cluster) : LostJobTests(cluster), IClassFixture<ForgetfulCluster>;
