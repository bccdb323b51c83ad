using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Controllers.Nodes;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.ClusterNodes;

/// <summary>Runs the controller of a node, which can only be made once the kubelet's API has a port.</summary>
internal sealed class NodeService(ClusterNode node, Func<IServiceProvider, int> kubeletPort, IServiceProvider services) : BackgroundService
{
    // A kubelet's bound for its own loop.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var controller = new NodeController(
            node.Client,
            services.GetRequiredService<IProvider>().GetNodeAsync,
            NotReady,
            node.Lease,
            services.GetRequiredService<IEventRecorder>(),
            Options(kubeletPort(services)),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<NodeController>>());
        return controller.RunAsync(stoppingToken);
    }

    private List<string> NotReady()
    {
        var reasons = new List<string>();
        if (!services.GetRequiredService<Informer<Pod>>().HasSynced)
        {
            reasons.Add("the pods of this node are not known yet");
        }

        if (services.GetRequiredService<SyncHeartbeat>().SinceLastTurn > LongestTurn)
        {
            reasons.Add("the pod controller has stalled");
        }

        return reasons;
    }

    private NodeControllerOptions Options(int port) => new()
    {
        NodeName = node.Options.NodeName,
        InternalAddresses = node.Options.InternalAddresses,
        KubeletPort = port,
        Labels = node.Options.Labels,
        Taints = node.Options.Taints,
        Machine = NodeMachine.Read(node.Options.NodeName),
        EphemeralStorage = node.Options.EphemeralStorage,
        SyncInterval = node.Options.SyncInterval,
        ReportInterval = node.Options.ReportInterval,
    };
}
