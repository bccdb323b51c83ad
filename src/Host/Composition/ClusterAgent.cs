using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Configuration;
using VirtualKubelet.Controllers.ClusterNodes;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Host.Composition.ApiServers;
using VirtualKubelet.Kubelet.Server;
using VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;
using VirtualKubelet.Kubelet.Server.Metrics;
using VirtualKubelet.Kubelet.Server.Reviews;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Host.Composition;

/// <summary>The agent of one node of a cluster. As long as another agent has the node it stands by, and touches nothing but the lease.</summary>
internal sealed partial class ClusterAgent(NodeConfiguration node, MetricsCollector metrics, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<ClusterAgent>();
    private readonly NodeServices _services = new(node, time, loggers, metrics);
    private readonly string _name = node.Metadata.Name;
    private readonly IReadOnlyList<IPAddress> _addresses = NodeAddresses.Of(node.Spec.Kubelet);

    /// <summary>Runs until cancelled; false when the node cannot run, which has been logged then.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var connection = ApiServer.Connect(node.Spec, time);
            WarnOfLoopback(connection.Server);
            using var only = await new LocalGate(node, _services, time, loggers.CreateLogger<LocalGate>()).WaitAsync(cancellationToken);
            var member = new ClusterNode(connection, Options(), time, loggers);
            await JoinAsync(member, cancellationToken);
            await member.RunAsync(stop => LeadAsync(member, connection, stop), cancellationToken);
            return cancellationToken.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception e) when (e is ApiConfigurationException or ApiException or IOException or UnauthorizedAccessException)
        {
            LogCannotStart(_name, e.Message);
            return false;
        }
#pragma warning disable CA1031 // Whatever is wrong with one node, the others of the process go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogBroke(_name, e);
            return false;
        }
    }

    private async Task LeadAsync(ClusterNode member, ApiConnection connection, CancellationToken stop)
    {
        // An agent that has stood by for long may not know the node again.
        if (await ApiGate.FindObstacleAsync(member.Client, node, stop) is { IsForeign: true } obstacle)
        {
            throw new ApiConfigurationException($"{obstacle.Words}; {obstacle.Advice}");
        }

        using var host = Build(member, connection, await JoinAsync(member, stop));
        await StartAsync(host, stop);
        LogReady(_name, host.Services.GetRequiredService<KubeletServer>().Endpoint, connection.Server);
        await host.WaitForShutdownAsync(stop);
        if (!stop.IsCancellationRequested)
        {
            throw new InvalidOperationException("a part of the agent has ended by itself; the lines above say which");
        }

        LogStopped(_name);
    }

    // Returns the identity of the cluster. Before the lease, as one whose cluster is another's must not take it; and after, as much may have changed since.
    private async Task<string> JoinAsync(ClusterNode member, CancellationToken cancellationToken)
    {
        var gate = new ApiGate(node, member.Client, time, loggers.CreateLogger<ApiGate>());
        var identity = new ClusterIdentity(node.Spec.StateDirectory, member.Client);
        while (true)
        {
            await gate.WaitAsync(cancellationToken);
            try
            {
                return await identity.ReadAsync(cancellationToken);
            }
            catch (ApiException e) when (e.IsTransient)
            {
                // The gate says so if it lasts.
            }
        }
    }

    // What has started before the part that could not would act on, without lock and lease.
    private async Task StartAsync(IHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch
        {
            // Bounded by the host's own time to stop; what fails in it is in its log, and the first error says why all this is.
            await host.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            LogStopped(_name);
            throw;
        }
    }

    private IHost Build(ClusterNode member, ApiConnection connection, string cluster) => _services.Build(
        ProviderOptions.Of(node, cluster),
        pods => pods.AddClusterPods(member, new PodControllerOptions { NodeName = _name, HostAddress = _addresses[0].ToString() }),
        Access(connection),
        node.Spec.Kubelet.ServerTlsBootstrap ? services => services.GetRequiredService<RequestedCertificateSource>() : null,
        last =>
        {
            if (node.Spec.Kubelet.ServerTlsBootstrap)
            {
                last.AddRequestedCertificate(_ => CertificateRequest(member));
            }

            last.AddClusterNode(member, services => services.GetRequiredService<KubeletServer>().Endpoint.Port);
        });

    // Clients of their own: neither strangers' tokens nor reviews use up the request rate of anything else.
    private KubeletAccessOptions Access(ApiConnection connection) => new()
    {
        ClientCaFile = node.Spec.Kubelet.Authentication.ClientCAFile,
        TokenFile = node.Spec.Kubelet.Authentication.TokenFile,
        Reviews = new ReviewOptions
        {
            Client = new ApiClient(connection, new ApiClientOptions(), time),
            TokenClient = new ApiClient(connection, new ApiClientOptions(), time),
            NodeName = _name,
        },
    };

    private CertificateRequestOptions CertificateRequest(ClusterNode member) => new()
    {
        Client = member.Client,
        NodeName = _name,
        Names = [_name, .. _addresses.Select(a => a.ToString())],
        Directory = node.Spec.StateDirectory,
    };

    private ClusterNodeOptions Options() => new()
    {
        NodeName = _name,
        InternalAddresses = _addresses,
        Labels = node.Metadata.Labels,
        Taints = [.. node.Spec.Taints.Select(t => new Taint { Key = t.Key, Value = t.Value, Effect = t.Effect.ToString() })],
        EphemeralStorage = LocalStorage.Of(node.Spec.WorkDirectory),
        LeaseDuration = TimeSpan.FromSeconds(node.Spec.Kubelet.NodeLeaseDurationSeconds),
        SyncInterval = node.Spec.Kubelet.NodeStatusUpdateFrequency,
        ReportInterval = node.Spec.Kubelet.NodeStatusReportFrequency,
    };

    private void WarnOfLoopback(Uri server)
    {
        if (IPAddress.IsLoopback(_addresses[0]) && !server.IsLoopback)
        {
            LogLoopback(_name, _addresses[0], server);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} is ready: https://{Endpoint}, in the cluster of {Server}")]
    private partial void LogReady(string node, IPEndPoint endpoint, Uri server);

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} has stopped; its jobs go on")]
    private partial void LogStopped(string node);

    [LoggerMessage(Level = LogLevel.Error, Message = "node {Node} cannot start: {Words}")]
    private partial void LogCannotStart(string node, string words);

    [LoggerMessage(Level = LogLevel.Error, Message = "node {Node} has broken down")]
    private partial void LogBroke(string node, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "node {Node} is at {Address}, where {Server} cannot reach it for kubectl logs, exec and the like; set spec.kubelet.address to 0.0.0.0 or to an address of this machine")]
    private partial void LogLoopback(string node, IPAddress address, Uri server);
}
