namespace VirtualKubelet.Logs.Writing;

/// <summary>Which of a container's two outputs a byte came from.</summary>
public enum OutputStream
{
    /// <summary>File descriptor 1.</summary>
    Stdout,

    /// <summary>File descriptor 2.</summary>
    Stderr,
}
