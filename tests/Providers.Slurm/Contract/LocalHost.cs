using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Providers.Slurm.Tests.Contract;

/// <summary>The provider on plain processes: the real job script and the real shim, no Slurm.</summary>
internal sealed class LocalHost : IProviderHost
{
    public Task<IProviderRun> StartAsync(string workDirectory) => Task.FromResult<IProviderRun>(new RunningProvider(new SlurmProviderOptions
    {
        NodeName = "local",
        WorkDirectory = workDirectory,
        ShimPath = Binaries.Shim,
        Backend = BackendKind.Local,
        PollInterval = TimeSpan.FromMilliseconds(100),
    }));
}
