using VirtualKubelet.Kubelet.Server.Health;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>A sync loop that turned when a test says so.</summary>
internal sealed class ScriptedSyncLoop : ISyncLoop
{
    public DateTimeOffset LastTurn { get; set; } = DateTimeOffset.UtcNow;

    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(10);
}
