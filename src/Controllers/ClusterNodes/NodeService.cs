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

    private static readonly TimeSpan FirstAnswerTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FirstAnswerInterval = TimeSpan.FromMilliseconds(100);

    private readonly IProvider _provider = services.GetRequiredService<IProvider>();
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private long _started;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _started = _time.GetTimestamp();
        var controller = new NodeController(
            node.Client,
            ReadAsync,
            NotReady,
            node.Lease,
            services.GetRequiredService<IEventRecorder>(),
            Options(kubeletPort(services)),
            _time,
            services.GetRequiredService<ILogger<NodeController>>());
        return controller.RunAsync(stoppingToken);
    }

    // A provider that has just started has not asked its backend yet. A moment's patience spares the cluster a node without cores whose backend seems silent.
    private async Task<NodeState> ReadAsync(CancellationToken cancellationToken)
    {
        var state = await _provider.GetNodeAsync(cancellationToken);
        while (state.Capacity.GetValueOrDefault("cpu") == Quantity.Zero && _time.GetElapsedTime(_started) < FirstAnswerTimeout)
        {
            await Task.Delay(FirstAnswerInterval, _time, cancellationToken);
            state = await _provider.GetNodeAsync(cancellationToken);
        }

        return state;
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
