using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Configuration;
using VirtualKubelet.Kubelet.Server;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Certificates;
using VirtualKubelet.Kubelet.Server.Health;
using VirtualKubelet.Kubelet.Server.Metrics;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubelet.Streaming;
using VirtualKubelet.Providers.Slurm;

namespace VirtualKubelet.Host.Composition;

/// <summary>What an agent of a node consists of, with and without an API server.</summary>
/// <param name="node">The node.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">The log.</param>
/// <param name="metrics">What has been measured since the program started; absent when that is no longer ago than the node.</param>
internal sealed partial class NodeServices(NodeConfiguration node, TimeProvider time, ILoggerFactory loggers, MetricsCollector? metrics = null)
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly ILogger _logger = loggers.CreateLogger<NodeServices>();

    /// <summary>The file with the bearer token that callers may show.</summary>
    public string TokenPath => node.Spec.Kubelet.Authentication.TokenFile ?? Path.Combine(node.Spec.StateDirectory, "token");

    /// <summary>Makes the state directory and takes the lock in it, which lives as long as what is returned.</summary>
    /// <exception cref="BusyException">Another agent has it.</exception>
    /// <exception cref="IOException">That cannot be done.</exception>
    public AgentLock TakeState()
    {
        Directory.CreateDirectory(node.Spec.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return AgentLock.Take(node.Spec.StateDirectory);
    }

    /// <summary>Makes the file with the bearer token if there is none and the configuration names none.</summary>
    public void EnsureToken()
    {
        if (node.Spec.Kubelet.Authentication.TokenFile is null && TokenFile.EnsureExists(TokenPath))
        {
            LogTokenMade(TokenPath);
        }
    }

    /// <summary>Puts a program together. Its services start in the order given here and stop in the other: requests end first, jobs are watched to the last.</summary>
    /// <param name="provider">Where pods run.</param>
    /// <param name="pods">Adds what wants pods to run.</param>
    /// <param name="access">Says who may use the kubelet's API.</param>
    /// <param name="certificate">The serving certificate, when it is neither from files nor self-signed.</param>
    /// <param name="last">Adds what presupposes that the kubelet's API is served.</param>
    public IHost Build(
        SlurmProviderOptions provider,
        Action<IServiceCollection> pods,
        KubeletAccessOptions access,
        Func<IServiceProvider, ICertificateSource>? certificate = null,
        Action<IServiceCollection>? last = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var services = builder.Services;
        services.AddSingleton(loggers);
        services.AddLogging();
        services.AddSingleton(time);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);

        services.AddSlurmProvider(provider);
        pods(services);
        services.AddSingleton<IPodLister, PodLister>();
        services.AddSingleton<ISyncLoop, SyncLoop>();
        services.AddKubeletAccess(_ => access);
        services.AddKubeletServer(built => ServerOptions(certificate?.Invoke(built) ?? OwnCertificate()) with { AsksForCertificates = access.ClientCaFile is not null });
        last?.Invoke(services);
        return builder.Build();
    }

    private KubeletServerOptions ServerOptions(ICertificateSource certificate) => new()
    {
        Address = node.Spec.Kubelet.Address,
        Port = node.Spec.Kubelet.Port,
        EnableDebuggingHandlers = node.Spec.Kubelet.EnableDebuggingHandlers,
        Streaming = new StreamingOptions { IdleTimeout = node.Spec.Kubelet.StreamingConnectionIdleTimeout },
        Certificate = certificate,
        Metrics = metrics,
    };

    private ICertificateSource OwnCertificate() => node.Spec.Kubelet.Tls is { } tls
        ? new FileCertificateSource(new CertificateFiles(tls.CertFile, tls.KeyFile), time, loggers.CreateLogger<FileCertificateSource>())
        : new SelfSignedCertificateSource(
            node.Spec.StateDirectory,
            [node.Metadata.Name, Dns.GetHostName(), .. NodeAddresses.Of(node.Spec.Kubelet).Select(a => a.ToString())],
            time,
            loggers.CreateLogger<SelfSignedCertificateSource>());

    [LoggerMessage(Level = LogLevel.Information, Message = "made a bearer token in {TokenFile}")]
    private partial void LogTokenMade(string tokenFile);
}
