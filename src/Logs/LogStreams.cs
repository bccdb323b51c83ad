namespace VirtualKubelet.Logs;

/// <summary>Which of a container's outputs to read (query key <c>stream</c>).</summary>
public enum LogStreams
{
    /// <summary>Both, in the order of the file.</summary>
    All,

    /// <summary>Standard output only.</summary>
    Stdout,

    /// <summary>Standard error only.</summary>
    Stderr,
}
