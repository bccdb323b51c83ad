namespace VirtualKubelet.Providers.Contract;

/// <summary>Starts the provider under test. Its workloads run shell scripts and see the same file system as the tests.</summary>
public interface IProviderHost
{
    /// <summary>Starts a provider over a work directory, which an earlier provider may have used.</summary>
    Task<IProviderRun> StartAsync(string workDirectory);
}
