using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Mounts;

/// <summary>Where a file of a container is for those outside of its mount namespace.</summary>
internal static class MountedPath
{
    /// <summary>The path on this machine of an absolute path in a container.</summary>
    public static string Of(ContainerPlan container, string path, PodDirectoryLayout layout)
    {
        var mount = container.Mounts.Where(m => IsWithin(path, m.Path)).MaxBy(m => m.Path.Length);
        return mount is null
            ? path
            : RootedPath.Resolve(layout.VolumeDirectory(mount.Volume), $"{mount.SubPath}/{path[mount.Path.TrimEnd('/').Length..]}").Full;
    }

    /// <summary>Whether a path is a directory or leads into it.</summary>
    public static bool IsWithin(string path, string directory) => $"{path}/".StartsWith($"{directory.TrimEnd('/')}/", StringComparison.Ordinal);
}
