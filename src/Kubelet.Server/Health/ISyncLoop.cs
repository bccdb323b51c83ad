namespace VirtualKubelet.Kubelet.Server.Health;

/// <summary>The loop that keeps pods in step with what is wanted; its standing still makes the agent unhealthy.</summary>
public interface ISyncLoop
{
    /// <summary>When it last turned, by the agent's clock.</summary>
    DateTimeOffset LastTurn { get; }

    /// <summary>How often it turns when nothing happens.</summary>
    TimeSpan Period { get; }
}
