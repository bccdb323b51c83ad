using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubelet.Server.Health;

namespace VirtualKubelet.Host.Composition;

/// <summary>Shows the kubelet's health check the controllers' heartbeat.</summary>
internal sealed class SyncLoop(SyncHeartbeat heartbeat, TimeProvider time) : ISyncLoop
{
    public DateTimeOffset LastTurn => time.GetUtcNow() - heartbeat.SinceLastTurn;

    public TimeSpan Period => TimeSpan.FromSeconds(1);
}
