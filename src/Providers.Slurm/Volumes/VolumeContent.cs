namespace VirtualKubelet.Providers.Slurm.Volumes;

/// <summary>Compares files with those in a directory.</summary>
internal static class VolumeContent
{
    /// <summary>Whether a directory holds these files, with this content and these modes, and no others.</summary>
    public static bool IsSame(string directory, IReadOnlyList<VolumeFile> files)
    {
        try
        {
            var here = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Count();
            return here == files.Count && files.All(file => IsThere(directory, file));
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // Never written; or of a mode that keeps its own owner from reading it.
            return false;
        }
    }

    private static bool IsThere(string directory, VolumeFile file)
    {
        var info = new FileInfo(Path.Combine(directory, file.Path));
        return info.Exists
            && info.UnixFileMode == file.Mode
            && info.Length == file.Content.Length
            && File.ReadAllBytes(info.FullName).AsSpan().SequenceEqual(file.Content.Span);
    }
}
