using System.Collections.Concurrent;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Tests.Nodes;

/// <summary>Remembers events.</summary>
internal sealed class RecordedEvents : IEventRecorder
{
    public ConcurrentQueue<(ObjectReference About, EventSeverity Severity, string Reason, string Message)> All { get; } = new();

    public IEnumerable<string> Reasons => All.Select(e => e.Reason);

    public void Record(ObjectReference about, EventSeverity severity, string reason, string message) => All.Enqueue((about, severity, reason, message));

    public int Count(string reason) => Reasons.Count(r => r == reason);
}
