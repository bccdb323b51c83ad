namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>What a manifest file says.</summary>
/// <param name="Pods">Its valid pods.</param>
/// <param name="Faults">Its other documents.</param>
/// <param name="IsReadable">False when it could not be read to its end: then it says nothing at all.</param>
internal sealed record ManifestContent(IReadOnlyList<ManifestPod> Pods, IReadOnlyList<ManifestFault> Faults, bool IsReadable)
{
    /// <summary>A file that says nothing.</summary>
    public static ManifestContent Empty { get; } = new([], [], true);

    /// <summary>A file that cannot be read to its end.</summary>
    public static ManifestContent Unreadable(string error) => new([], [new ManifestFault(null, "1", [error], true)], false);

    /// <summary>Whether it is known of every document which pod it means, if any.</summary>
    public bool NamesEveryPod => IsReadable && Faults.All(f => f.Key is not null || !f.MayBePod);

    /// <summary>
    /// What is in force when a file that said <paramref name="earlier"/> now says this. A mistake never stops a pod: a file that cannot be read
    /// changes nothing, and a document that is wrong leaves the pod as it was that it means or, having no legal name, may mean.
    /// </summary>
    public ManifestContent After(ManifestContent earlier)
    {
        var named = Pods.Select(p => p.Key).ToHashSet();
        var spared = Faults.Select(f => f.Key).ToHashSet();
        var kept = earlier.Pods.Where(p => !named.Contains(p.Key) && (!NamesEveryPod || spared.Contains(p.Key)));
        return this with { Pods = [.. Pods, .. kept] };
    }
}
