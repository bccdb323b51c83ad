namespace VirtualKubelet.Shim.Protocol;

/// <summary>Exit codes of <c>vk-slurm-shim run</c> beyond those of the containers.</summary>
public static class ShimExitCodes
{
    /// <summary>The command line is wrong, or no job ID is in the environment.</summary>
    public const int Usage = 64;

    /// <summary><c>pod.json</c> is missing, unreadable or of another version.</summary>
    public const int BadPlan = 65;

    /// <summary>The shim itself failed; the containers were stopped.</summary>
    public const int Internal = 70;

    /// <summary>Another job already runs, or ran, this pod.</summary>
    public const int ClaimedByOther = 73;

    /// <summary>The pod directory cannot be written.</summary>
    public const int Io = 74;

    /// <summary>The pod was stopped before each of its containers had run.</summary>
    public const int Stopped = 143;
}
