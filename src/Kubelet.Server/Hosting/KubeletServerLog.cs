using System.Net;
using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Kubelet.Server.Hosting;

internal static partial class KubeletServerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The kubelet API listens on https://{Endpoint}")]
    public static partial void Listening(ILogger logger, IPEndPoint endpoint);
}
