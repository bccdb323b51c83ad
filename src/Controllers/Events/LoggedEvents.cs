using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Events;

/// <summary>Writes events into the log, where there is no API server to tell.</summary>
internal sealed class LoggedEvents(ILogger<LoggedEvents> logger) : IEventRecorder
{
    /// <inheritdoc/>
    public void Record(ObjectReference about, EventSeverity severity, string reason, string message)
    {
        var name = string.IsNullOrEmpty(about.Namespace) ? about.Name : $"{about.Namespace}/{about.Name}";
        if (severity == EventSeverity.Warning)
        {
            logger.HappenedBadly(about.Kind, name, reason, message);
        }
        else
        {
            logger.Happened(about.Kind, name, reason, message);
        }
    }
}
