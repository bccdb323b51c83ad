using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Providers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds controllers to a host.</summary>
public static class ControllersServiceCollectionExtensions
{
    /// <summary>
    /// Runs the pods of a manifest directory on the <see cref="IProvider"/> of the host, as a hosted service.
    /// <see cref="PodStore"/> and <see cref="SyncHeartbeat"/> can then be injected.
    /// </summary>
    public static IServiceCollection AddStaticPods(this IServiceCollection services, PodControllerOptions controller, StaticPodOptions staticPods)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new PodStore());
        services.TryAddSingleton(provider => new SyncHeartbeat(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(controller);
        services.AddSingleton<IPodSource>(provider => CreateSource(provider, controller, staticPods));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<PodController>(provider));
        return services;
    }

    private static StaticPodSource CreateSource(IServiceProvider provider, PodControllerOptions controller, StaticPodOptions options)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var reader = new ManifestReader(controller.NodeName, time);
        var logger = provider.GetRequiredService<ILogger<StaticPodSource>>();
        return new StaticPodSource(new ManifestDirectory(options, reader, time, logger), options, time);
    }
}
