namespace VirtualKubelet.Kubernetes.Client;

/// <summary>What to watch, and from where on.</summary>
public sealed record WatchOptions
{
    /// <summary>Such as <c>spec.nodeName=virtual-0</c>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Such as <c>app=web</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>The version after which changes are told: of a list, or of the last event. Absent: every object first, then changes.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Whether to be told now and then how far the watch is, so that it can be resumed from there.</summary>
    public bool AllowBookmarks { get; init; } = true;

    /// <summary>When the server is to end the watch, in whole seconds; absent leaves it to the server.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Told when the server has accepted the watch, which may be long before the first event.</summary>
    public Action? Began { get; init; }

    internal string Query() => new QueryString()
        .Add("watch", true)
        .Add("fieldSelector", FieldSelector)
        .Add("labelSelector", LabelSelector)
        .Add("resourceVersion", ResourceVersion)
        .Add("allowWatchBookmarks", AllowBookmarks)
        .Add("timeoutSeconds", Timeout is { } timeout ? (int)timeout.TotalSeconds : null)
        .ToString();
}
