using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Mounts;

/// <summary>Where a file of a container is for those outside of its mount namespace.</summary>
internal static class MountedPath
{
    /// <summary>The path on this machine of an absolute path in a container.</summary>
    public static string Of(ContainerPlan container, string path, PodDirectoryLayout layout)
    {
        var mount = container.Mounts.Where(m => Holds(m.Path, path)).MaxBy(m => m.Path.Length);
        return mount is null
            ? path
            : RootedPath.Resolve(layout.VolumeDirectory(mount.Volume), $"{mount.SubPath}/{path[mount.Path.TrimEnd('/').Length..]}").Full;
    }

    private static bool Holds(string directory, string path) =>
        path.StartsWith(directory.TrimEnd('/'), StringComparison.Ordinal)
        && (path.Length == directory.TrimEnd('/').Length || path[directory.TrimEnd('/').Length] == '/');
}
