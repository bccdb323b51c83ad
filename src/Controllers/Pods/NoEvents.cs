using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Where nobody keeps events; the log tells the same.</summary>
internal sealed class NoEvents : IEventRecorder
{
    /// <inheritdoc/>
    public void Record(ObjectReference about, EventSeverity severity, string reason, string message)
    {
        // There is no API server to tell.
    }
}
