namespace VirtualKubelet.Logs;

/// <summary>A follower's client fell so many rotations behind that the next lines are no longer held; the follow ends here rather than with a hole.</summary>
/// <param name="path">The followed file.</param>
public sealed class LogFollowerTooSlowException(string path)
    : IOException($"the follower of {path} is too many log rotations behind (raise MaxRotatedFiles, or read faster)");
