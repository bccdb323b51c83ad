using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.ClusterNodes;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Controllers.Leadership;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Providers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what an agent does for a node of a cluster while it leads.</summary>
public static class ClusterNodeServices
{
    /// <summary>Runs the pods that are bound to the node on the <see cref="IProvider"/> of the host, and tells the cluster about them.</summary>
    public static IServiceCollection AddClusterPods(this IServiceCollection services, ClusterNode node, PodControllerOptions controller)
    {
        services.AddSingleton(node.Client);
        services.AddSingleton<ILeadership>(node.Lease);
        services.AddSingleton(provider => new EventRecorder(
            node.EventClient, new EventOptions { NodeName = node.Options.NodeName }, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<EventRecorder>>()));
        services.AddSingleton<IEventRecorder>(provider => provider.GetRequiredService<EventRecorder>());

        // Started first and stopped last: the others' last words are still told.
        services.AddHostedService<EventService>();
        return services.AddApiPods(controller);
    }

    /// <summary>Registers the node and keeps its status, as a hosted service that presupposes <see cref="AddClusterPods"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="node">The node.</param>
    /// <param name="kubeletPort">Tells the port of the kubelet's API; asked when the service starts.</param>
    public static IServiceCollection AddClusterNode(this IServiceCollection services, ClusterNode node, Func<IServiceProvider, int> kubeletPort) =>
        services.AddHostedService(provider => new NodeService(node, kubeletPort, provider));
}
