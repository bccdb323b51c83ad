namespace VirtualKubelet.Providers;

/// <summary>Which of a container's output streams (core/v1 <c>PodLogOptions.stream</c>).</summary>
public enum LogStream
{
    /// <summary>Both, as they were written.</summary>
    All,

    /// <summary>Standard output only.</summary>
    Stdout,

    /// <summary>Standard error only.</summary>
    Stderr,
}
