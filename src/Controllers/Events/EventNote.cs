using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Events;

/// <summary>What somebody recorded.</summary>
/// <param name="About">The object.</param>
/// <param name="Severity">Whether somebody may want to act.</param>
/// <param name="Reason">One CamelCase word.</param>
/// <param name="Message">The same for people.</param>
/// <param name="At">When.</param>
internal sealed record EventNote(ObjectReference About, EventSeverity Severity, string Reason, string Message, DateTimeOffset At)
{
    /// <summary>What makes two notes repeats of one event.</summary>
    public (EventSubject Subject, string? Part, EventSeverity Severity, string Reason, string Message) Key =>
        (EventSubject.Of(About), About.FieldPath, Severity, Reason, Message);
}
