using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>What is logged about sessions. Command lines, ports and whatever travels are the users' own and are never logged.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Target} began for {User}, over {Transport} {Protocol}")]
    public static partial void Began(ILogger logger, SessionTarget target, string user, string transport, string? protocol);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Target} ended for {User} after {Duration}: {Result}")]
    public static partial void Ended(ILogger logger, SessionTarget target, string user, TimeSpan duration, SessionResult result);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Target}: {Reason}")]
    public static partial void Refused(ILogger logger, SessionTarget target, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Target} failed; its client was told so")]
    public static partial void Failed(ILogger logger, SessionTarget target, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Target} did not end when the server stopped and was left behind; its client was told that it failed")]
    public static partial void LeftBehind(ILogger logger, SessionTarget target);
}
