namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>How much an agent in a cluster has to go through: the short form is part of every run, <c>VK_CHAOS=full</c> asks for the long one.</summary>
/// <param name="Pods">Pods that come and go.</param>
/// <param name="Kills">How often the agent is killed meanwhile.</param>
/// <param name="Outage">How long the API server is away, and then slurmctld.</param>
internal sealed record ChurnLevel(int Pods, int Kills, TimeSpan Outage)
{
    public static ChurnLevel Chosen { get; } = Environment.GetEnvironmentVariable("VK_CHAOS") == "full"
        ? new ChurnLevel(Pods: 300, Kills: 25, Outage: TimeSpan.FromMinutes(2))
        : new ChurnLevel(Pods: 24, Kills: 3, Outage: TimeSpan.FromSeconds(5));
}
