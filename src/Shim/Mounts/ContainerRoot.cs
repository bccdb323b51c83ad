using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Protocol.Descriptors;
using VirtualKubelet.Shim.Runtimes;

namespace VirtualKubelet.Shim.Mounts;

/// <summary>
/// Makes the root directory that a container with mounts sees: the machine's own, with volumes in it. Runs in a mount namespace of the container's own, so that
/// nobody else sees any of it, and it is gone with the container.
/// </summary>
/// <remarks>
/// A place for a volume that does not exist is made: in a directory the user may write to, for real; elsewhere in a mirror, a read-only directory in memory in which
/// everything of the original appears (Apptainer calls that an underlay).
/// </remarks>
internal sealed class ContainerRoot(PodDirectoryLayout layout)
{
    /// <summary>More than any directory of a system has; each entry costs a mount.</summary>
    private const int MaxMirrored = 10_000;

    private readonly List<string> mirrors = [];
    private readonly List<string> volumes = [];
    private readonly List<string> readOnly = [];
    private string root = "";

    /// <summary>Makes it and enters it.</summary>
    /// <exception cref="ContainerStartException">A mount is impossible.</exception>
    /// <exception cref="IOException">The system refuses.</exception>
    public void Enter(IReadOnlyList<MountPlan> mounts)
    {
        Directory.CreateDirectory(layout.MountsDirectory);
        FileSystems.Temporary(layout.MountsDirectory);
        root = NewDirectory("root");
        FileSystems.Bind("/", root);

        if (mounts.Any(m => RootedPath.Resolve(root, m.Path) is { Missing.Count: > 0 } place && place.Existing == root) && !MayCreateIn(root))
        {
            // Before anything else: what is mounted in the old root by then would not be below the new one.
            root = Mirror(root, "/");
        }

        // A volume may be mounted in another one.
        foreach (var mount in mounts.OrderBy(m => m.Path.Count(c => c == '/')))
        {
            Add(mount);
        }

        // Only now: the place of a volume in another one is made in that one, as a kubelet does, whether or not the container may write there.
        readOnly.Concat(mirrors).ToList().ForEach(FileSystems.MakeReadOnly);
        FileSystems.BecomeRoot(root);
    }

    private void Add(MountPlan mount)
    {
        var source = Source(mount);
        var target = Target(mount, Directory.Exists(source));
        FileSystems.Bind(source, target);
        volumes.Add(target);
        if (mount.ReadOnly)
        {
            readOnly.Add(target);
        }
    }

    private string Source(MountPlan mount)
    {
        var source = RootedPath.Resolve(layout.VolumeDirectory(mount.Volume), Part(mount));
        if (source.Missing.Count > 0)
        {
            // As a kubelet does.
            if (mount.ReadOnly)
            {
                throw new ContainerStartException($"subPath \"{mount.SubPath}\" is not in volume \"{mount.Volume}\"");
            }

            Directory.CreateDirectory(source.Full);
        }

        return source.Full;
    }

    // A part shows what the pod came with, to restarts and commands as well: the files of later generations are not always there to be mounted.
    private string Part(MountPlan mount) =>
        mount.SubPath is { } part && Path.Exists(Path.Combine(layout.VolumeDirectory(mount.Volume), PodDirectoryLayout.FirstGeneration))
            ? $"{PodDirectoryLayout.FirstGeneration}/{part}"
            : mount.SubPath ?? "";

    private string Target(MountPlan mount, bool isDirectory)
    {
        var target = RootedPath.Resolve(root, mount.Path);
        if (target.Missing.Count == 0)
        {
            return Directory.Exists(target.Existing) == isDirectory
                ? target.Existing
                : throw new ContainerStartException(
                    $"cannot mount volume \"{mount.Volume}\" at {mount.Path}: one is a directory and the other a file");
        }

        if (!MayCreateIn(target.Existing))
        {
            target = target with { Existing = Mirror(target.Existing, mount.Path) };
        }

        Directory.CreateDirectory(isDirectory ? target.Full : Path.GetDirectoryName(target.Full)!);
        if (!isDirectory)
        {
            MakeFile(target.Full);
        }

        return target.Full;
    }

    /// <summary>Puts a mirror in the place of a directory; where the directory is now.</summary>
    private string Mirror(string directory, string mountPath)
    {
        var mirror = NewDirectory($"mirror-{mirrors.Count}");
        FileSystems.Temporary(mirror);
        foreach (var entry in Entries(directory, mountPath))
        {
            Show(entry, Path.Combine(mirror, entry.Name));
        }

        if (directory != root)
        {
            FileSystems.Move(mirror, directory);
            mirror = directory;
        }

        mirrors.Add(mirror);
        return mirror;
    }

    private FileSystemInfo[] Entries(string directory, string mountPath)
    {
        try
        {
            var entries = new DirectoryInfo(directory).GetFileSystemInfos();
            return entries.Length <= MaxMirrored ? entries : throw new IOException($"there are {entries.Length} entries in it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContainerStartException(
                $"mountPath {mountPath} does not exist on this machine and cannot be made to appear in {directory[root.Length..]}/: {e.Message}");
        }
    }

    private static void Show(FileSystemInfo entry, string target)
    {
        if (entry.LinkTarget is { } link)
        {
            File.CreateSymbolicLink(target, link);
            return;
        }

        if (entry is DirectoryInfo)
        {
            Directory.CreateDirectory(target);
        }
        else
        {
            MakeFile(target);
        }

        try
        {
            FileSystems.Bind(entry.FullName, target);
        }
        catch (DescriptorException e) when (e.Errno == LinuxConstants.NoSuchFile)
        {
            // It was there a moment ago, or has a name that is not UTF-8.
        }
    }

    // Another container of the pod may be about to make the same one; and nothing that is there is ever emptied.
    private static void MakeFile(string path)
    {
        try
        {
            new FileStream(path, FileMode.CreateNew).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // It will do.
        }
    }

    private bool MayCreateIn(string directory) => mirrors.Contains(directory) || (IsWritable(directory) && !IsSystem(directory));

    // Root may write everywhere, but the machine's own directories are shared by all.
    private bool IsSystem(string directory) =>
        Libc.GetUser() == 0
        && !volumes.Any(v => MountedPath.IsWithin(directory, v))
        && FileStatus.Of(directory) is { Owner: 0 } && (File.GetUnixFileMode(directory) & UnixFileMode.OtherWrite) == 0;

    private static unsafe bool IsWritable(string directory)
    {
        using var path = new NativeStrings([System.Text.Encoding.UTF8.GetBytes(directory)]);
        return Libc.Access(path.First, LinuxConstants.AccessWrite) == 0;
    }

    private string NewDirectory(string name) => Directory.CreateDirectory(Path.Combine(layout.MountsDirectory, name)).FullName;
}
