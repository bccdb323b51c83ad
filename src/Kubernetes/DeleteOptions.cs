namespace VirtualKubelet.Kubernetes;

/// <summary>How to delete (meta/v1 <c>DeleteOptions</c>).</summary>
public sealed record DeleteOptions
{
    /// <summary>Always <c>v1</c>.</summary>
    public string? ApiVersion { get; init => field = value ?? "v1"; } = "v1";

    /// <summary>Always <c>DeleteOptions</c>.</summary>
    public string? Kind { get; init => field = value ?? "DeleteOptions"; } = "DeleteOptions";

    /// <summary>Grace in seconds; 0 deletes at once, absent is the object's own.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>What the object must be to be deleted.</summary>
    public Preconditions? Preconditions { get; init; }

    /// <summary><c>Foreground</c>, <c>Background</c> or <c>Orphan</c>; absent is the kind's default.</summary>
    public string? PropagationPolicy { get; init; }

    /// <summary>The last word on a pod: at once, and only that very pod, not a namesake created since.</summary>
    public static DeleteOptions AtOnce(string uid) => new() { GracePeriodSeconds = 0, Preconditions = new() { Uid = uid } };
}
