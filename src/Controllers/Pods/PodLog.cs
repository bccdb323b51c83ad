using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>What the pod sync logs.</summary>
internal static partial class PodLog
{
    [LoggerMessage(100, LogLevel.Information, "Pod {Pod} ({Uid}) is wanted")]
    public static partial void PodDeclared(this ILogger logger, PodKey pod, string uid);

    [LoggerMessage(101, LogLevel.Error, "Pod {Pod} ({Uid}) cannot run: {Errors}")]
    public static partial void PodInvalid(this ILogger logger, PodKey pod, string uid, string errors);

    [LoggerMessage(102, LogLevel.Information, "Pod {Pod} ({Uid}) is not wanted any more")]
    public static partial void PodWithdrawn(this ILogger logger, PodKey pod, string uid);

    [LoggerMessage(103, LogLevel.Information, "Pod {Pod} ({Uid}) was given to the provider")]
    public static partial void PodCreated(this ILogger logger, PodKey pod, string uid);

    [LoggerMessage(104, LogLevel.Information, "Pod {Pod} ({Uid}) is job {Job}")]
    public static partial void PodHasJob(this ILogger logger, PodKey pod, string uid, string job);

    [LoggerMessage(105, LogLevel.Information, "Pod {Pod} ({Uid}, job {Job}) is {Phase} {Reason}")]
    public static partial void PhaseChanged(this ILogger logger, PodKey pod, string uid, string? job, string? phase, string? reason);

    [LoggerMessage(106, LogLevel.Information, "Pod {Pod} ({Uid}) is asked to end within {GracePeriod}")]
    public static partial void PodDeleting(this ILogger logger, PodKey pod, string uid, TimeSpan gracePeriod);

    [LoggerMessage(107, LogLevel.Information, "Pod {Pod} ({Uid}, job {Job}) is gone")]
    public static partial void WorkloadGone(this ILogger logger, PodKey pod, string uid, string? job);

    [LoggerMessage(108, LogLevel.Warning, "Pod {Pod} ({Uid}, job {Job}) is not in the provider's list any more")]
    public static partial void WorkloadMissing(this ILogger logger, PodKey pod, string uid, string? job);

    [LoggerMessage(109, LogLevel.Warning, "Pod {Pod} could not be brought up to date and is tried again in {Delay}: {Error}")]
    public static partial void SyncDelayed(this ILogger logger, PodKey pod, TimeSpan delay, string error);

    [LoggerMessage(110, LogLevel.Error, "Pod {Pod} met an unexpected error and is tried again in {Delay}")]
    public static partial void SyncFailed(this ILogger logger, PodKey pod, TimeSpan delay, Exception exception);

    [LoggerMessage(111, LogLevel.Warning, "Pod {Pod} ({Uid}) runs on with its old labels, annotations and files: {Errors}")]
    public static partial void UpdateImpossible(this ILogger logger, PodKey pod, string uid, string errors);

    [LoggerMessage(113, LogLevel.Error, "Pod {Pod} ({Uid}) ran before, and the provider knows nothing of it; it has failed")]
    public static partial void PodLost(this ILogger logger, PodKey pod, string uid);

    [LoggerMessage(114, LogLevel.Information, "Pod {Pod} ({Uid}) waits: {Problems}")]
    public static partial void PodUnconfigured(this ILogger logger, PodKey pod, string uid, string problems);

    [LoggerMessage(112, LogLevel.Warning, "Calls of the provider did not end within {Timeout} and were given up")]
    public static partial void DrainTimedOut(this ILogger logger, TimeSpan timeout);
}
