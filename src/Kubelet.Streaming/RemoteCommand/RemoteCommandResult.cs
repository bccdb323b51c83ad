namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>How a command ended, as far as its client was told.</summary>
/// <param name="Outcome">What is known.</param>
/// <param name="ExitCode">0 to 255 when it <see cref="RemoteCommandOutcome.Exited"/>, otherwise null.</param>
/// <param name="Message">For people; empty after exit code 0.</param>
public sealed record RemoteCommandResult(RemoteCommandOutcome Outcome, int? ExitCode, string Message)
{
    /// <summary>The exit code.</summary>
    /// <exception cref="IOException">None is known; the message says why.</exception>
    public int RequireExitCode() => ExitCode ?? throw new IOException(Message);

    internal static RemoteCommandResult Exited(int code, string message) => new(RemoteCommandOutcome.Exited, code, message);

    internal static RemoteCommandResult Failed(string message) => new(RemoteCommandOutcome.Failed, null, message);

    internal static RemoteCommandResult Lost(string ending) =>
        new(RemoteCommandOutcome.ConnectionLost, null, $"the connection ended before the command's status came: {ending}");

    internal static RemoteCommandResult Broken(string what) => new(RemoteCommandOutcome.ProtocolBroken, null, $"the command's status makes no sense: {what}");
}
