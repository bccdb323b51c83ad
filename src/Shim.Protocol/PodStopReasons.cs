namespace VirtualKubelet.Shim.Protocol;

/// <summary>Values of <see cref="PodState.Reason"/>.</summary>
public static class PodStopReasons
{
    /// <summary>The pod was asked to stop: a delete, or a signal from Slurm.</summary>
    public const string Terminated = "Terminated";

    /// <summary><c>activeDeadlineSeconds</c> or the job's time limit has passed.</summary>
    public const string DeadlineExceeded = "DeadlineExceeded";
}
