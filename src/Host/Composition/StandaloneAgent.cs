using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Configuration;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Kubelet.Server;

namespace VirtualKubelet.Host.Composition;

/// <summary>The agent without an API server: pods from a directory, the kubelet's API on top.</summary>
internal sealed partial class StandaloneAgent(NodeConfiguration node, string manifests, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<StandaloneAgent>();
    private readonly NodeServices _services = new(node, time, loggers);

    /// <summary>Runs until cancelled.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!Directory.Exists(manifests))
            {
                throw new DirectoryNotFoundException($"the manifest directory {manifests} does not exist; make it, or name another one with --pod-manifest-path");
            }

            using var only = _services.TakeState();
            _services.EnsureToken();
            using var host = Build();
            await host.StartAsync(cancellationToken);
            LogReady(node.Metadata.Name, host.Services.GetRequiredService<KubeletServer>().Endpoint, _services.TokenPath);
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

    private IHost Build() => _services.Build(
        ProviderOptions.Of(node),
        pods => pods.AddStaticPods(
            new PodControllerOptions { NodeName = node.Metadata.Name, HostAddress = NodeAddresses.Of(node.Spec.Kubelet)[0].ToString() },
            new StaticPodOptions { Directory = Path.GetFullPath(manifests) }),
        new KubeletAccessOptions { TokenFile = _services.TokenPath });

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} is ready: https://{Endpoint}, token in {TokenFile}")]
    private partial void LogReady(string node, IPEndPoint endpoint, string tokenFile);

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} has stopped; its jobs go on")]
    private partial void LogStopped(string node);

    [LoggerMessage(Level = LogLevel.Error, Message = "node {Node} cannot start: {Words}")]
    private partial void LogCannotStart(string node, string words);
}
