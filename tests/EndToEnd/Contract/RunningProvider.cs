using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Providers;
using VirtualKubelet.Providers.Contract;
using VirtualKubelet.Providers.Slurm;

namespace VirtualKubelet.EndToEnd.Contract;

/// <summary>A provider and the loop that keeps it alive.</summary>
internal sealed class RunningProvider : IProviderRun
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly SlurmProvider _provider;
    private readonly Task _loop;

    public RunningProvider(SlurmProviderOptions options)
    {
        _provider = new SlurmProvider(options, TimeProvider.System, NullLoggerFactory.Instance);
        _loop = _provider.RunAsync(_stopping.Token);
    }

    public IProvider Provider => _provider;

    /// <summary>All that one process can do to itself; the agent's own tests kill a whole process.</summary>
    public Task KillAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop.WaitAsync(TimeSpan.FromSeconds(30));
        await _provider.DisposeAsync();
        _stopping.Dispose();
    }
}
