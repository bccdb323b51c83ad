using Microsoft.Extensions.Hosting;
using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>Follows the node's pods in the API server and tells it how they fare.</summary>
internal sealed class ApiPodService(Informer<Pod> informer, PodWriter writer) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(informer.RunAsync(stoppingToken), writer.RunAsync(stoppingToken));
}
