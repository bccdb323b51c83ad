using System.Collections.Concurrent;
using VirtualKubelet.Controllers.Events;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Tests.Fakes;

/// <summary>Keeps events as lines: severity, reason, what of the pod, message.</summary>
internal sealed class FakeEvents : IEventRecorder
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public void Record(ObjectReference about, EventSeverity severity, string reason, string message) =>
        Lines.Enqueue($"{severity} {reason} {about.Name} {about.FieldPath ?? "-"}: {message}");

    public int Count(string reason) => Lines.Count(l => l.Split(' ')[1] == reason);
}
