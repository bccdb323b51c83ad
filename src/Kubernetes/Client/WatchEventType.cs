namespace VirtualKubelet.Kubernetes.Client;

/// <summary>What an event of a watch says. An error is no event: it ends the watch as an <see cref="ApiException"/>.</summary>
public enum WatchEventType
{
    /// <summary>The object is there, or begins to match the selectors.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone, or matches the selectors no more; this was its last state.</summary>
    Deleted,

    /// <summary>Nothing happened up to this version.</summary>
    Bookmark,
}
