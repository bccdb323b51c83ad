using Microsoft.Extensions.Logging;
using VirtualKubelet.Controllers.Pods;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>What is logged about pods of an API server.</summary>
internal static partial class ApiPodLog
{
    [LoggerMessage(300, LogLevel.Warning, "Pod {Pod} ({Uid}) is in none of two complete lists; what runs of it is ended")]
    public static partial void PodVanished(this ILogger logger, PodKey pod, string uid);

    [LoggerMessage(301, LogLevel.Debug, "Pod {Pod} ({Uid}): told the API server that it is {Phase}")]
    public static partial void StatusPatched(this ILogger logger, PodKey pod, string uid, string? phase);

    [LoggerMessage(302, LogLevel.Information, "Pod {Pod} ({Uid}) is over and its object is deleted")]
    public static partial void PodDeleted(this ILogger logger, PodKey pod, string uid);

    [LoggerMessage(303, LogLevel.Debug, "Pod {Pod} ({Uid}) is not in the API server any more: {Error}")]
    public static partial void PodDropped(this ILogger logger, PodKey pod, string uid, string error);

    [LoggerMessage(304, LogLevel.Warning, "The API server could not be told about pod {Pod} and is told again in {Delay}: {Error}")]
    public static partial void WriteDelayed(this ILogger logger, PodKey pod, TimeSpan delay, string error);

    [LoggerMessage(305, LogLevel.Error, "Telling the API server about pod {Pod} met an unexpected error and is tried again in {Delay}")]
    public static partial void WriteFailed(this ILogger logger, PodKey pod, TimeSpan delay, Exception exception);

    [LoggerMessage(306, LogLevel.Error, "Pod {Pod} ({Uid}): the API server says that its status is not valid, and is not told it again until it or the pod changes: {Error}")]
    public static partial void StatusInvalid(this ILogger logger, PodKey pod, string uid, string error);
}
