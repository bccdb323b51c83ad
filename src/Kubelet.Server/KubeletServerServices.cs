using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Authorization;
using VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;

namespace VirtualKubelet.Kubelet.Server;

/// <summary>Adds the kubelet's HTTPS API to a program.</summary>
public static class KubeletServerServices
{
    /// <summary>
    /// Adds <see cref="KubeletServer"/> as a hosted service. The program registers what it needs: <c>IPodLister</c>, <c>IProvider</c> and
    /// <c>ISyncLoop</c>, and says who may use it with <see cref="AddKubeletAccess"/>.
    /// </summary>
    public static IServiceCollection AddKubeletServer(this IServiceCollection services, Func<IServiceProvider, KubeletServerOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton(options);
        services.AddSingleton<KubeletServer>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<KubeletServer>());
        return services;
    }

    /// <summary>Adds authentication and authorization.</summary>
    /// <exception cref="ArgumentException">When the server is made: client certificates are to count, and nobody says what their holders may do.</exception>
    public static IServiceCollection AddKubeletAccess(this IServiceCollection services, Func<IServiceProvider, KubeletAccessOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton(options);
        services.AddSingleton<IAuthenticator>(AuthenticatorOf);
        services.AddSingleton<IAuthorizer>(AuthorizerOf);
        return services;
    }

    /// <summary>Adds a serving certificate that is requested from the API server, and the loop that renews it.</summary>
    public static IServiceCollection AddRequestedCertificate(this IServiceCollection services, Func<IServiceProvider, CertificateRequestOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton(options);
        services.AddSingleton<RequestedCertificateSource>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<RequestedCertificateSource>());
        return services;
    }

    private static AuthenticatorUnion AuthenticatorOf(IServiceProvider services)
    {
        var options = services.GetRequiredService<KubeletAccessOptions>();
        var time = services.GetRequiredService<TimeProvider>();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var authenticators = new List<IAuthenticator>();
        if (options.ClientCaFile is { } caFile)
        {
            authenticators.Add(new ClientCertificateAuthenticator(caFile, time, loggers.CreateLogger<ClientCertificateAuthenticator>()));
        }

        if (options.TokenFile is { } tokenFile)
        {
            authenticators.Add(new TokenFileAuthenticator(tokenFile));
        }

        if (options.Reviews is { } reviews)
        {
            authenticators.Add(new TokenReviewAuthenticator(reviews, time));
        }

        return new AuthenticatorUnion(authenticators, loggers.CreateLogger<AuthenticatorUnion>());
    }

    private static IAuthorizer AuthorizerOf(IServiceProvider services) => services.GetRequiredService<KubeletAccessOptions>() switch
    {
        { Reviews: { } reviews } => new SubjectAccessReviewAuthorizer(reviews, services.GetRequiredService<TimeProvider>()),
        { ClientCaFile: null } => new AuthenticatedUsersMayAll(),
        _ => throw new ArgumentException("client certificates need reviews: nobody else says what their holders may do"),
    };
}
