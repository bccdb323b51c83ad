using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Controllers.Events;

/// <summary>What is logged about events.</summary>
internal static partial class EventLog
{
    [LoggerMessage(300, LogLevel.Information, "{Kind} {Name}: {Reason}: {Message}")]
    public static partial void Happened(this ILogger logger, string? kind, string? name, string reason, string message);

    [LoggerMessage(301, LogLevel.Warning, "{Kind} {Name}: {Reason}: {Message}")]
    public static partial void HappenedBadly(this ILogger logger, string? kind, string? name, string reason, string message);

    [LoggerMessage(302, LogLevel.Warning, "More than {Capacity} events wait for the API server; new ones are dropped until it takes some")]
    public static partial void EventsOverflow(this ILogger logger, int capacity);

    [LoggerMessage(303, LogLevel.Debug, "The event {Reason} of {Name} has to wait {Delay}: {Error}")]
    public static partial void EventDelayed(this ILogger logger, string? reason, string? name, TimeSpan delay, string error);

    [LoggerMessage(304, LogLevel.Warning, "The event {Reason} of {Name} is dropped: {Error}")]
    public static partial void EventDropped(this ILogger logger, string? reason, string? name, string error);

    [LoggerMessage(305, LogLevel.Debug, "The event {Reason} of {Name} is one too many about it and is dropped")]
    public static partial void EventFiltered(this ILogger logger, string? reason, string? name);

    [LoggerMessage(306, LogLevel.Error, "An unexpected error stopped the event {Reason} of {Name}")]
    public static partial void EventBroke(this ILogger logger, string? reason, string? name, Exception exception);
}
