namespace VirtualKubelet.Providers;

/// <summary>One file of a volume.</summary>
/// <param name="Path">Where it is in the volume: relative, with <c>/</c> between parts, none of which is empty, <c>.</c> or <c>..</c>; the first one does not begin with <c>..</c>.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Mode">Its permissions.</param>
public sealed record VolumeFile(string Path, ReadOnlyMemory<byte> Content, UnixFileMode Mode)
{
    /// <summary>Names the file only: its content may be secret.</summary>
    public override string ToString() => Path;
}
