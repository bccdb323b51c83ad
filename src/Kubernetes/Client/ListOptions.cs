namespace VirtualKubelet.Kubernetes.Client;

/// <summary>Which objects to list.</summary>
public sealed record ListOptions
{
    /// <summary>Such as <c>spec.nodeName=virtual-0</c>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Such as <c>app=web</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Absent: the latest state, agreed upon. <c>0</c>: any state the server remembers, however old. Otherwise: not older than that.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Most objects in an answer; absent is all.</summary>
    public int? Limit { get; init; }

    /// <summary>The answer before this one ended with it: <see cref="ListMeta.Continue"/>.</summary>
    public string? Continue { get; init; }

    internal string Query() => new QueryString()
        .Add("fieldSelector", FieldSelector)
        .Add("labelSelector", LabelSelector)

        // A chunk that goes on is of the version where the list began; the server refuses to be told another.
        .Add("resourceVersion", Continue is null ? ResourceVersion : null)
        .Add("limit", Limit)
        .Add("continue", Continue)
        .ToString();
}
