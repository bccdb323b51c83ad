using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Events;

/// <summary>The object an event is about, whichever part of it is meant.</summary>
internal readonly record struct EventSubject(string? Kind, string? Namespace, string? Name, string? Uid)
{
    /// <summary>The object that a reference means.</summary>
    public static EventSubject Of(ObjectReference about) => new(about.Kind, about.Namespace, about.Name, about.Uid);
}
