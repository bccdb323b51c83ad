using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.ApiPods;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;
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
        services.AddSingleton<IPodSource>(provider => CreateSource(provider, controller, staticPods));
        services.AddSingleton<IConfigObjects, NoConfigObjects>();
        services.AddSingleton<ILeadership, AlwaysHeld>();
        services.AddSingleton<IEventRecorder, NoEvents>();
        return services.AddPodController(controller);
    }

    /// <summary>
    /// Runs the pods that an API server binds to the node on the <see cref="IProvider"/> of the host, and tells the API server how they fare, as hosted
    /// services. Needs an <see cref="ApiClient"/>, what records events, and what says whether the node is held; <see cref="PodStore"/>
    /// and <see cref="SyncHeartbeat"/> can then be injected.
    /// </summary>
    public static IServiceCollection AddApiPods(this IServiceCollection services, PodControllerOptions controller, ApiPodOptions? apiPods = null)
    {
        services.AddSingleton(apiPods ?? new ApiPodOptions());
        services.AddSingleton(provider => new Informer<Pod>(
            provider.GetRequiredService<ApiClient>(),
            ApiResources.Pods,
            InformerOptions.PodsOf(controller.NodeName),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Informer<Pod>>>()));
        services.AddSingleton<IPodSource>(provider => ActivatorUtilities.CreateInstance<ApiPodSource>(provider, controller.NodeName));
        services.AddSingleton(Watches(ApiResources.ConfigMaps));
        services.AddSingleton(Watches(ApiResources.Secrets));
        services.AddSingleton<IConfigObjects, ConfigWatches>();
        services.AddSingleton<PodTransitions>();
        services.AddSingleton<PodUpdates>();
        services.AddSingleton<PodWriter>();

        // Stopped in the reverse order: the controller's last words are still told.
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ApiPodService>(provider));
        return services.AddPodController(controller);
    }

    private static Func<IServiceProvider, ObjectWatches<T>> Watches<T>(ApiResource<T> resource)
        where T : class, IKubernetesObject => provider => new ObjectWatches<T>(
            provider.GetRequiredService<ApiClient>(),
            resource,
            new ObjectWatchOptions(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ObjectWatches<T>>>());

    private static IServiceCollection AddPodController(this IServiceCollection services, PodControllerOptions controller)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new PodStore());
        services.TryAddSingleton(provider => new SyncHeartbeat(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(controller);
        services.AddSingleton(CreateTable);
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<PodController>(provider));
        return services;
    }

    private static PodTable CreateTable(IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var statuses = new PodStatusBuilder(provider.GetRequiredService<PodControllerOptions>().HostAddress, time);
        return new PodTable(
            provider.GetRequiredService<PodStore>(), statuses, provider.GetRequiredService<IEventRecorder>(), time, provider.GetRequiredService<ILogger<PodController>>());
    }

    private static StaticPodSource CreateSource(IServiceProvider provider, PodControllerOptions controller, StaticPodOptions options)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var reader = new ManifestReader(controller.NodeName, time);
        var logger = provider.GetRequiredService<ILogger<StaticPodSource>>();
        return new StaticPodSource(new ManifestDirectory(options, reader, time, logger), options, time);
    }
}
