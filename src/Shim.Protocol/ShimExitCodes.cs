namespace VirtualKubelet.Shim.Protocol;

/// <summary>Exit codes of <c>vk-slurm-shim run</c> beyond those of the containers.</summary>
public static class ShimExitCodes
{
    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary><c>pod.json</c> is missing, unreadable or of another version.</summary>
    public const int BadPlan = 65;

    /// <summary>Another job already runs, or ran, this pod.</summary>
    public const int ClaimedByOther = 73;

    /// <summary>The pod directory cannot be written.</summary>
    public const int Io = 74;
}
