using Microsoft.Extensions.Hosting;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>Runs the provider for as long as its host runs; the jobs go on without it.</summary>
internal sealed class SlurmProviderLoop(SlurmProvider provider) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => provider.RunAsync(stoppingToken);
}
