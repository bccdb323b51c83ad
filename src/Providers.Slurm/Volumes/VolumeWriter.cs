using System.Globalization;
using System.Runtime.InteropServices;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Volumes;

/// <summary>
/// Writes the files of a volume so that whoever reads them meets all of the old ones or all of the new ones, as a kubelet's <c>AtomicWriter</c> does: they lie in a
/// directory that <c>..data</c> leads to, and each name of the volume leads through <c>..data</c>, which is replaced in one step.
/// </summary>
internal sealed class VolumeWriter(TimeProvider time)
{
    private const string Data = "..data";
    private const UnixFileMode Listed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Makes the volume hold these files and no others; files that are there already are not written again.</summary>
    /// <param name="directory">The volume.</param>
    /// <param name="files">Its files.</param>
    /// <param name="keepsFirst">Whether the files that a new volume begins with are kept for good, as <see cref="PodDirectoryLayout.FirstGeneration"/>.</param>
    /// <returns>Whether files were written.</returns>
    /// <exception cref="IOException">The directory cannot be written; a reader sees the old files or the new ones, and another call goes on.</exception>
    public bool Write(string directory, IReadOnlyList<VolumeFile> files, bool keepsFirst = false)
    {
        Directory.CreateDirectory(directory, Listed);
        var generation = Target(directory, Data);
        var isSame = generation is not null && VolumeContent.IsSame(Path.Combine(directory, generation), files);
        if (!isSame)
        {
            generation = NewGeneration(directory, files);
            if (keepsFirst)
            {
                Lead(directory, PodDirectoryLayout.FirstGeneration, generation);
            }

            Lead(directory, Data, generation);
        }

        LeadNames(directory, files);
        RemoveOthers(directory);
        return !isSame;
    }

    private string NewGeneration(string directory, IReadOnlyList<VolumeFile> files)
    {
        var generation = time.GetUtcNow().ToString("'..'yyyy'_'MM'_'dd'_'HH'_'mm'_'ss'.'", CultureInfo.InvariantCulture)
            + Random.Shared.Next().ToString(CultureInfo.InvariantCulture);
        try
        {
            WriteAll(Path.Combine(directory, generation), files);
            return generation;
        }
        catch
        {
            // A full disk shall be no fuller after each attempt.
            if (Directory.Exists(Path.Combine(directory, generation)))
            {
                Directory.Delete(Path.Combine(directory, generation), recursive: true);
            }

            throw;
        }
    }

    private static void WriteAll(string directory, IReadOnlyList<VolumeFile> files)
    {
        Directory.CreateDirectory(directory, Listed);
        foreach (var file in files)
        {
            var path = Path.Combine(directory, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, Listed);
            using (var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(file.Content.Span);
                stream.Flush(flushToDisk: true);
            }

            // Not with the creation: the umask would take its part.
            File.SetUnixFileMode(path, file.Mode);
        }
    }

    // What is no link is where a container mounts another volume in this one; it was made by its shim.
    private static void LeadNames(string directory, IReadOnlyList<VolumeFile> files)
    {
        var names = files.Select(f => f.Path.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var name in names.Where(name => Target(directory, name) is null && !Path.Exists(Path.Combine(directory, name))))
        {
            Lead(directory, name, $"{Data}/{name}");
        }

        foreach (var stale in Entries(directory).Where(e => !IsOurs(e.Name) && e.LinkTarget is not null && !names.Contains(e.Name)))
        {
            File.Delete(stale.FullName);
        }
    }

    // Also what a crash between two steps has left.
    private static void RemoveOthers(string directory)
    {
        string?[] kept = [Data, Target(directory, Data), PodDirectoryLayout.FirstGeneration, Target(directory, PodDirectoryLayout.FirstGeneration)];
        foreach (var old in Entries(directory).Where(e => IsOurs(e.Name) && !kept.Contains(e.Name)))
        {
            try
            {
                Remove(old);
            }
            catch (IOException)
            {
                // A file server keeps the names of files that are open elsewhere; the next write tries again.
            }
        }
    }

    private static void Remove(FileSystemInfo old)
    {
        if (old is DirectoryInfo && old.LinkTarget is null)
        {
            Directory.Delete(old.FullName, recursive: true);
        }
        else
        {
            File.Delete(old.FullName);
        }
    }

    private static string? Target(string directory, string name) => new FileInfo(Path.Combine(directory, name)).LinkTarget;

    private static FileSystemInfo[] Entries(string directory) => new DirectoryInfo(directory).GetFileSystemInfos();

    // No file of a volume begins so.
    private static bool IsOurs(string name) => name.StartsWith("..", StringComparison.Ordinal);

    private static void Lead(string directory, string name, string target)
    {
        var temporary = Path.Combine(directory, "..lead");
        File.Delete(temporary);
        File.CreateSymbolicLink(temporary, target);
        if (LibC.Rename(temporary, Path.Combine(directory, name)) != 0)
        {
            throw new IOException($"cannot rename {temporary}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}
