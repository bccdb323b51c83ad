namespace VirtualKubelet.Logs;

/// <summary>The log file does not exist, and nobody will create it any more or nobody wants to wait for it; nothing has been sent yet.</summary>
/// <param name="path">The file that was looked for.</param>
/// <param name="inner">What the file system said.</param>
public sealed class LogFileNotFoundException(string path, Exception? inner = null)
    : FileNotFoundException($"the log file {path} does not exist", path, inner);
