namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>Bounds on what a manifest file may cost, whatever is in it.</summary>
internal static class ManifestLimits
{
    /// <summary>Size of a file in bytes, as a kubelet bounds it.</summary>
    public const int FileBytes = 10 * 1024 * 1024;

    /// <summary>Documents in a file, items of lists included.</summary>
    public const int Documents = 10_000;

    /// <summary>Values in a file: maps, lists and scalars.</summary>
    public const int Values = 1_000_000;

    /// <summary>How deep maps and lists may nest; below the JSON reader's own bound.</summary>
    public const int Depth = 48;

    /// <summary>Bytes of JSON that one pod may become, aliases expanded.</summary>
    public const int PodBytes = 4 * 1024 * 1024;

    /// <summary>Bytes of JSON that all pods of a file may become.</summary>
    public const int JsonBytes = 8 * FileBytes;

    /// <summary>Wrongly typed fields told of one pod.</summary>
    public const int TypeErrors = 50;
}
