using Microsoft.Extensions.Hosting;
using VirtualKubelet.Controllers.Events;

namespace VirtualKubelet.Controllers.ClusterNodes;

/// <summary>Sends events as long as the host runs.</summary>
internal sealed class EventService(EventRecorder recorder) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => recorder.RunAsync(stoppingToken);
}
