using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>The processes of an agent's channel into <see cref="StreamingPod"/>.</summary>
internal static class ChannelProcesses
{
    /// <summary>The shim in the job step.</summary>
    public static int Shim(Agent agent)
    {
        var pod = agent.Files.PodDirectory(StreamingPod.Name);
        return RunningProcesses.Find(arguments => arguments is [var program, "channel", "--frames-on-stderr", var directory] && Path.GetFileName(program) == "vk-slurm-shim" && directory == pod).Single();
    }

    /// <summary>srun; there are two of it, the second of which only looks after the first.</summary>
    public static IReadOnlyList<int> Sruns(Agent agent)
    {
        var pod = agent.Files.PodDirectory(StreamingPod.Name);
        return RunningProcesses.Find(arguments => arguments is [var program, .., "channel", "--frames-on-stderr", var directory] && Path.GetFileName(program) == "srun" && directory == pod);
    }
}
