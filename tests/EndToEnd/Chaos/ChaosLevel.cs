namespace VirtualKubelet.EndToEnd.Chaos;

/// <summary>How much the agent has to go through: the short form is part of every run, <c>VK_CHAOS=full</c> asks for the long one.</summary>
/// <param name="Pods">Pods that are submitted while the agent is killed.</param>
/// <param name="Kills">How often it is killed meanwhile.</param>
/// <param name="Outage">How long slurmctld is gone.</param>
/// <param name="ManyPods">Pods whose number must not show in the calls per minute.</param>
/// <param name="RateWindow">How long calls are counted.</param>
internal sealed record ChaosLevel(int Pods, int Kills, TimeSpan Outage, int ManyPods, TimeSpan RateWindow)
{
    /// <summary>Milliseconds a test may take in the long form.</summary>
    public const int Deadline = 1_800_000;

    public static ChaosLevel Chosen { get; } = Environment.GetEnvironmentVariable("VK_CHAOS") == "full"
        ? new ChaosLevel(Pods: 100, Kills: 50, Outage: TimeSpan.FromSeconds(60), ManyPods: 1000, RateWindow: TimeSpan.FromSeconds(60))
        : new ChaosLevel(Pods: 30, Kills: 8, Outage: TimeSpan.FromSeconds(15), ManyPods: 200, RateWindow: TimeSpan.FromSeconds(12));
}
