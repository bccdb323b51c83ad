using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>What informers log.</summary>
internal static partial class InformerLog
{
    [LoggerMessage(200, LogLevel.Debug, "Listed {Count} {What} at version {Version}; this is list {Generation}")]
    public static partial void Listed(this ILogger logger, string what, int count, string version, long generation);

    [LoggerMessage(201, LogLevel.Debug, "The watch of {What} is over ({End}) and goes on from version {Version}")]
    public static partial void WatchEnded(this ILogger logger, string what, WatchEnd end, string version);

    [LoggerMessage(202, LogLevel.Information, "The API server no longer remembers version {Version} of {What}, which are listed anew in {Delay}")]
    public static partial void HistoryGone(this ILogger logger, string what, string version, TimeSpan delay);

    [LoggerMessage(203, LogLevel.Warning, "No news of {What}; asking again in {Delay}: {Error}")]
    public static partial void InformerFailed(this ILogger logger, string what, string error, TimeSpan delay);

    [LoggerMessage(204, LogLevel.Error, "An unexpected error stopped the news of {What}; asking again in {Delay}")]
    public static partial void InformerBroke(this ILogger logger, string what, TimeSpan delay, Exception exception);

    [LoggerMessage(205, LogLevel.Warning, "{Count} {What} are watched already; others are only looked at every {Interval}")]
    public static partial void TooManyWatches(this ILogger logger, string what, int count, TimeSpan interval);
}
