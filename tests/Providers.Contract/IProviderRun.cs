namespace VirtualKubelet.Providers.Contract;

/// <summary>One life of a provider; disposing it is a graceful stop.</summary>
public interface IProviderRun : IAsyncDisposable
{
    /// <summary>The provider.</summary>
    IProvider Provider { get; }

    /// <summary>Ends it without a chance to finish what it is doing, as near to kill -9 as the host can come.</summary>
    Task KillAsync();
}
