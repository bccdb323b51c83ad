using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Providers.Contract;

namespace VirtualKubelet.Providers.Slurm.Tests.Support;

/// <summary>A provider and the loop that keeps it alive.</summary>
internal sealed class RunningProvider : IProviderRun
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly SlurmProvider _provider;
    private readonly Task _loop;

    public RunningProvider(SlurmProviderOptions options, TimeProvider? time = null, ILoggerFactory? loggers = null)
    {
        _provider = new SlurmProvider(options, time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance);
        _loop = _provider.RunAsync(_stopping.Token);
    }

    public IProvider Provider => _provider;

    /// <summary>All that one process can do to itself: everything under way is abandoned, nothing more is written.</summary>
    public Task KillAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop.WaitAsync(TimeSpan.FromSeconds(30));
        await _provider.DisposeAsync();
        _stopping.Dispose();
    }
}
