using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Configuration;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Kubelet.Server;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Certificates;
using VirtualKubelet.Kubelet.Server.Health;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubelet.Streaming;
using VirtualKubelet.Providers.Slurm;

namespace VirtualKubelet.Host.Composition;

/// <summary>The agent without an API server: pods from a directory, the kubelet's API on top.</summary>
internal sealed partial class StandaloneAgent(NodeConfiguration node, string manifests, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly ILogger _logger = loggers.CreateLogger<StandaloneAgent>();

    private string TokenPath => node.Spec.Kubelet.Authentication.TokenFile ?? Path.Combine(node.Spec.StateDirectory, "token");

    /// <summary>Runs until cancelled.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            Prepare();
            using var only = AgentLock.Take(node.Spec.StateDirectory);
            using var host = Build();
            await host.StartAsync(cancellationToken);
            LogReady(node.Metadata.Name, host.Services.GetRequiredService<KubeletServer>().Endpoint, TokenPath);
            await host.WaitForShutdownAsync(cancellationToken);
            LogStopped(node.Metadata.Name);
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogCannotStart(node.Metadata.Name, e.Message);
            return ExitCodes.Failure;
        }
    }

    private void Prepare()
    {
        Directory.CreateDirectory(node.Spec.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (node.Spec.Kubelet.Authentication.TokenFile is null && TokenFile.EnsureExists(TokenPath))
        {
            LogTokenMade(TokenPath);
        }

        if (!Directory.Exists(manifests))
        {
            throw new DirectoryNotFoundException($"the manifest directory {manifests} does not exist; make it, or name another one with --pod-manifest-path");
        }
    }

    private IHost Build()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var services = builder.Services;
        services.AddSingleton(loggers);
        services.AddLogging();
        services.AddSingleton(time);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);

        // Started in this order, stopped in the other: requests end first, jobs are watched to the last.
        services.AddSlurmProvider(ProviderOptions.Of(node));
        services.AddStaticPods(
            new PodControllerOptions { NodeName = node.Metadata.Name, HostAddress = node.Spec.Kubelet.Address.ToString() },
            new StaticPodOptions { Directory = Path.GetFullPath(manifests) });
        services.AddSingleton<IPodLister, PodLister>();
        services.AddSingleton<ISyncLoop, SyncLoop>();
        services.AddKubeletAccess(_ => new KubeletAccessOptions { TokenFile = TokenPath });
        services.AddKubeletServer(ServerOptions);
        return builder.Build();
    }

    private KubeletServerOptions ServerOptions(IServiceProvider services) => new()
    {
        Address = node.Spec.Kubelet.Address,
        Port = node.Spec.Kubelet.Port,
        EnableDebuggingHandlers = node.Spec.Kubelet.EnableDebuggingHandlers,
        Streaming = new StreamingOptions { IdleTimeout = node.Spec.Kubelet.StreamingConnectionIdleTimeout },
        Certificate = Certificate(),
    };

    private ICertificateSource Certificate() => node.Spec.Kubelet.Tls is { } tls
        ? new FileCertificateSource(new CertificateFiles(tls.CertFile, tls.KeyFile), time, loggers.CreateLogger<FileCertificateSource>())
        : new SelfSignedCertificateSource(
            node.Spec.StateDirectory,
            [node.Metadata.Name, Dns.GetHostName(), node.Spec.Kubelet.Address.ToString()],
            time,
            loggers.CreateLogger<SelfSignedCertificateSource>());

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} is ready: https://{Endpoint}, token in {TokenFile}")]
    private partial void LogReady(string node, IPEndPoint endpoint, string tokenFile);

    [LoggerMessage(Level = LogLevel.Information, Message = "made a bearer token in {TokenFile}")]
    private partial void LogTokenMade(string tokenFile);

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} has stopped; its jobs go on")]
    private partial void LogStopped(string node);

    [LoggerMessage(Level = LogLevel.Error, Message = "node {Node} cannot start: {Words}")]
    private partial void LogCannotStart(string node, string words);
}
