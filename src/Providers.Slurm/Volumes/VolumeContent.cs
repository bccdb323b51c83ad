namespace VirtualKubelet.Providers.Slurm.Volumes;

/// <summary>What a generation of a volume holds.</summary>
internal sealed class VolumeContent(string directory)
{
    /// <summary>Whether these files are there, with this content and these modes, and no others.</summary>
    public bool Equals(IReadOnlyList<VolumeFile> files)
    {
        try
        {
            var here = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Count();
            return here == files.Count && files.All(IsHere);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // Never written; or of a mode that keeps its own owner from reading it.
            return false;
        }
    }

    private bool IsHere(VolumeFile file)
    {
        var info = new FileInfo(Path.Combine(directory, file.Path));
        return info.Exists
            && info.UnixFileMode == file.Mode
            && info.Length == file.Content.Length
            && File.ReadAllBytes(info.FullName).AsSpan().SequenceEqual(file.Content.Span);
    }
}
