namespace VirtualKubelet.Controllers.Events;

/// <summary>An event's <c>type</c>; the names are Kubernetes'.</summary>
internal enum EventSeverity
{
    /// <summary>As it should be.</summary>
    Normal,

    /// <summary>Somebody may want to act.</summary>
    Warning,
}
