using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Authentication;

internal static partial class AuthenticationLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A request's credentials could not be checked; unless others of it are good it is answered 401")]
    public static partial void NotChecked(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The client certificate of {Subject} is refused: {Reason}")]
    public static partial void CertificateRefused(ILogger logger, string subject, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} authorities of client certificates were loaded from {File}")]
    public static partial void AuthoritiesLoaded(ILogger logger, int count, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The authorities of client certificates cannot be loaded from {File}: {Reason}; the last good ones stay in force")]
    public static partial void AuthoritiesKept(ILogger logger, string file, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The authorities of client certificates cannot be loaded from {File}: {Reason}; no client certificate is accepted until they can")]
    public static partial void NoAuthorities(ILogger logger, string file, string reason);
}
