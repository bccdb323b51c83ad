using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Events;

/// <summary>Tells people what happened to an object. Never waits and never throws: an event that cannot be delivered is dropped and counted.</summary>
internal interface IEventRecorder
{
    /// <summary>Records an event; repeats of one are counted rather than told again.</summary>
    /// <param name="about">The object, with its kind, name and UID.</param>
    /// <param name="severity">Whether somebody may want to act.</param>
    /// <param name="reason">One CamelCase word.</param>
    /// <param name="message">The same for people.</param>
    void Record(ObjectReference about, EventSeverity severity, string reason, string message);
}
