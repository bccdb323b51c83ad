using System.Globalization;

namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>How a command ended, as its client is told. To every client an error stream without any word means success.</summary>
public sealed class RemoteCommandStatus
{
    private RemoteCommandStatus(string? message, int? exitCode) => (Message, ExitCode) = (message, exitCode);

    /// <summary>Exit code 0, or an attach that ended, whatever the exit code.</summary>
    public static RemoteCommandStatus Success { get; } = new(null, null);

    internal string? Message { get; }

    internal int? ExitCode { get; }

    /// <summary>The command ran and ended.</summary>
    /// <param name="exitCode">0 to 255; 128 + n after signal n. 0 is <see cref="Success"/>.</param>
    public static RemoteCommandStatus Exited(int exitCode)
    {
        // Clients parse eight bits and take anything else for a broken protocol.
        ArgumentOutOfRangeException.ThrowIfNegative(exitCode);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exitCode, byte.MaxValue);
        var code = exitCode.ToString(CultureInfo.InvariantCulture);
        return exitCode == 0
            ? Success
            : new RemoteCommandStatus($"command terminated with non-zero exit code: command terminated with exit code {code}", exitCode);
    }

    /// <summary>The command could not be run, or what became of it is not known.</summary>
    /// <param name="cause">What happened, such as <c>error executing command in container: no such file</c>.</param>
    public static RemoteCommandStatus Failure(string cause) => new($"Internal error occurred: {cause}", null);
}
