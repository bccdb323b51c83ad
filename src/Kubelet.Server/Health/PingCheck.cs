namespace VirtualKubelet.Kubelet.Server.Health;

/// <summary>The server answers: that it can say so is the proof.</summary>
internal sealed class PingCheck : IHealthCheck
{
    public string Name => "ping";

    public string? FindFault() => null;
}
