namespace VirtualKubelet.Kubernetes;

/// <summary>Phases of a pod.</summary>
public static class PodPhases
{
    /// <summary>Accepted, not all containers started yet.</summary>
    public const string Pending = "Pending";

    /// <summary>At least one container runs or is about to run again.</summary>
    public const string Running = "Running";

    /// <summary>All containers ended with exit code 0 and will not run again. Final.</summary>
    public const string Succeeded = "Succeeded";

    /// <summary>All containers ended, one of them badly, and will not run again. Final.</summary>
    public const string Failed = "Failed";

    /// <summary>Whether a phase is never left again.</summary>
    public static bool IsTerminal(string? phase) => phase is Succeeded or Failed;
}
