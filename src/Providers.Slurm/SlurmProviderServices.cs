using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>Adds the Slurm provider to a program.</summary>
public static class SlurmProviderServices
{
    /// <summary>Adds <see cref="SlurmProvider"/> as the program's <see cref="IProvider"/> and keeps it running.</summary>
    public static IServiceCollection AddSlurmProvider(this IServiceCollection services, SlurmProviderOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new SlurmProvider(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IProvider>(provider => provider.GetRequiredService<SlurmProvider>());
        services.AddSingleton<IHostedService, SlurmProviderLoop>();
        return services;
    }
}
