using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Certificates;

internal static partial class CertificateLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The serving certificate was loaded anew from {CertFile}")]
    public static partial void Reloaded(ILogger logger, string certFile);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The serving certificate in {CertFile} and {KeyFile} cannot be loaded; the last good one stays in force")]
    public static partial void NotReloaded(ILogger logger, string certFile, string keyFile, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The self-signed serving certificate in {Directory} ends {NotAfter} and cannot be renewed; will try again")]
    public static partial void NotRenewed(ILogger logger, string directory, DateTime notAfter, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The serving certificate {CertFile} is self-signed and for trials only: whoever does not pin it cannot tell this node from an impostor")]
    public static partial void SelfSigned(ILogger logger, string certFile);
}
