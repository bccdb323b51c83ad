namespace VirtualKubelet.Shim.Protocol;

/// <summary>Where a container's termination message comes from (core/v1 <c>terminationMessagePolicy</c>).</summary>
public enum TerminationMessagePolicy
{
    /// <summary>From its file only.</summary>
    File,

    /// <summary>From its file, else from the end of its log when it exited with a code other than 0.</summary>
    FallbackToLogsOnError,
}
