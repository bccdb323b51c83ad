namespace VirtualKubelet.Shim.Protocol;

/// <summary>What happens when a container exits (core/v1 <c>restartPolicy</c>).</summary>
public enum RestartPolicy
{
    /// <summary>Start it again, whatever its exit code.</summary>
    Always,

    /// <summary>Start it again after a non-zero exit code.</summary>
    OnFailure,

    /// <summary>Leave it as it ended.</summary>
    Never,
}
