namespace VirtualKubelet.Logs.Selecting;

/// <summary>How the lines of a file are written; the first line read decides for the rest.</summary>
internal enum LineFormat
{
    /// <summary>No line has been seen.</summary>
    Unknown,

    /// <summary>Records of the container runtime interface.</summary>
    Cri,

    /// <summary>Docker's json-file driver.</summary>
    DockerJson,
}
