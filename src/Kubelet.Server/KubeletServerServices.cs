using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using VirtualKubelet.Kubelet.Server.Authorization;

namespace VirtualKubelet.Kubelet.Server;

/// <summary>Adds the kubelet's HTTPS API to a program.</summary>
public static class KubeletServerServices
{
    /// <summary>
    /// Adds <see cref="KubeletServer"/> as a hosted service. The program registers what it needs: <c>IPodLister</c>, <c>IProvider</c>,
    /// <c>ISyncLoop</c> and <c>IAuthenticator</c>; without an <see cref="IAuthorizer"/> of its own, authenticated users may do everything.
    /// </summary>
    public static IServiceCollection AddKubeletServer(this IServiceCollection services, Func<IServiceProvider, KubeletServerOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IAuthorizer, AuthenticatedUsersMayAll>();
        services.AddLogging();
        services.AddSingleton(options);
        services.AddSingleton<KubeletServer>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<KubeletServer>());
        return services;
    }
}
