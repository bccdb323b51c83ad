namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>How much an agent in a cluster has to go through: the short form is part of every run, <c>VK_CHAOS=full</c> asks for the long one.</summary>
/// <param name="Pods">Pods that come and go.</param>
/// <param name="Pause">The longest time between two pods, so that all the kills fall among them.</param>
/// <param name="Kills">How often the agent is killed meanwhile.</param>
/// <param name="Outage">How long the API server is away, and then slurmctld.</param>
internal sealed record ChurnLevel(int Pods, TimeSpan Pause, int Kills, TimeSpan Outage)
{
    public static ChurnLevel Chosen { get; } = Environment.GetEnvironmentVariable("VK_CHAOS") == "full"
        ? new ChurnLevel(Pods: 300, Pause: TimeSpan.FromSeconds(1), Kills: 100, Outage: TimeSpan.FromMinutes(2))
        : new ChurnLevel(Pods: 24, Pause: TimeSpan.FromSeconds(0.4), Kills: 3, Outage: TimeSpan.FromSeconds(5));
}
