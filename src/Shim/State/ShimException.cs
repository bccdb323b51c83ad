namespace VirtualKubelet.Shim.State;

/// <summary>The shim cannot run the pod.</summary>
/// <param name="exitCode">One of <see cref="Protocol.ShimExitCodes"/>.</param>
/// <param name="message">Why, for <c>job.out</c>.</param>
internal sealed class ShimException(int exitCode, string message) : Exception(message)
{
    /// <summary>What the shim exits with.</summary>
    public int ExitCode => exitCode;
}
