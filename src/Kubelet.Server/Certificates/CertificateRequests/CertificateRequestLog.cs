using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;

internal static partial class CertificateRequestLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no serving certificate yet: every connection to the kubelet port fails until one is requested, approved and signed")]
    public static partial void NothingToServe(ILogger logger);

    [LoggerMessage(Message = "Certificate request {Name} for {Names} waits for approval (kubectl certificate approve {Name})")]
    public static partial void Waiting(ILogger logger, LogLevel level, string name, string names);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Certificate request {Name} cannot be looked at, will be again: {Reason}")]
    public static partial void NotSeen(ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The serving certificate from {File} is in force until {NotAfter:u}; renewal is due at {RotateAt:u}")]
    public static partial void InForce(ILogger logger, string file, DateTimeOffset notAfter, DateTimeOffset rotateAt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The serving certificate in {File} is of no use, another is requested: {Reason}")]
    public static partial void OfNoUse(ILogger logger, string file, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The serving certificate cannot be kept in {File}: {Reason}; it is served, and another is requested after a restart")]
    public static partial void NotKept(ILogger logger, string file, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No serving certificate was issued, asking again in {Delay}: {Reason}")]
    public static partial void NotIssued(ILogger logger, TimeSpan delay, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The request for a serving certificate failed, trying again in {Delay}")]
    public static partial void Failed(ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No serving certificate is requested as the node has no address yet, only the names {Names}")]
    public static partial void NoAddress(ILogger logger, string names);
}
