using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>The provider with a deadline on each call; one that passes counts as unavailable.</summary>
internal sealed class ProviderCalls(IProvider provider, TimeSpan timeout, TimeProvider time)
{
    /// <inheritdoc cref="IProvider.CreateAsync"/>
    public Task CreateAsync(Workload workload, CancellationToken cancellationToken) =>
        CallAsync("create", token => Run(provider.CreateAsync(workload, token)), cancellationToken);

    /// <inheritdoc cref="IProvider.UpdateAsync"/>
    public Task UpdateAsync(Workload workload, CancellationToken cancellationToken) =>
        CallAsync("update", token => Run(provider.UpdateAsync(workload, token)), cancellationToken);

    /// <inheritdoc cref="IProvider.DeleteAsync"/>
    public Task DeleteAsync(WorkloadId workload, TimeSpan gracePeriod, CancellationToken cancellationToken) =>
        CallAsync("delete", token => Run(provider.DeleteAsync(workload, gracePeriod, token)), cancellationToken);

    /// <inheritdoc cref="IProvider.ListAsync"/>
    public Task<IReadOnlyList<WorkloadStatus>> ListAsync(CancellationToken cancellationToken) =>
        CallAsync("list", provider.ListAsync, cancellationToken);

    /// <inheritdoc cref="IProvider.GetNodeAsync"/>
    public Task<NodeState> GetNodeAsync(CancellationToken cancellationToken) =>
        CallAsync("node", provider.GetNodeAsync, cancellationToken);

    /// <inheritdoc cref="IProvider.WatchAsync"/>
    public IAsyncEnumerable<WorkloadStatus> WatchAsync(CancellationToken cancellationToken) => provider.WatchAsync(cancellationToken);

    private async Task<T> CallAsync<T>(string name, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, $"the provider did not answer \"{name}\" within {timeout.TotalSeconds} s", exception);
        }
    }

    private static async Task<bool> Run(Task call)
    {
        await call;
        return true;
    }
}
