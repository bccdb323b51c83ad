using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Routing;

/// <summary>What is logged about requests: the client's failures at Debug, ours at Warning.</summary>
internal static partial class RequestLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A request could not be authenticated and was answered 401")]
    public static partial void AuthenticationFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether {User} may {Verb} nodes/{Subresource} could not be found out")]
    public static partial void AuthorizationFailed(ILogger logger, string user, string verb, string subresource, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The client of {Method} {Path} went away")]
    public static partial void ClientLeft(ILogger logger, string method, string path);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path} was answered {Status}: {Reason}")]
    public static partial void Refused(ILogger logger, string method, string path, int status, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} failed and was answered {Status}")]
    public static partial void Failed(ILogger logger, string method, string path, int status, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} failed after its answer had begun; the connection was aborted so that nobody takes the part for the whole")]
    public static partial void CutShort(ILogger logger, string method, string path, Exception exception);
}
