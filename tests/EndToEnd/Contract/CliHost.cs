using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Contract;

/// <summary>The provider inside the test process, on a real Slurm.</summary>
internal sealed class CliHost(SlurmCluster cluster) : IProviderHost
{
    public Task<IProviderRun> StartAsync(string workDirectory) => Task.FromResult<IProviderRun>(new RunningProvider(new SlurmProviderOptions
    {
        NodeName = "contract",
        WorkDirectory = workDirectory,
        ShimPath = Binaries.Shim,
        ConfigFile = cluster.ConfigFile,
        BinDirectory = cluster.BinDirectory,
        PollInterval = TimeSpan.FromMilliseconds(250),
        Defaults = new JobDefaults { Memory = Kubernetes.Quantity.Parse("64Mi") },
    }));
}
