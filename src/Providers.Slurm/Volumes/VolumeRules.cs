using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Slurm.Volumes;

/// <summary>What must hold of volumes and mounts before any of it becomes a path; and which of them can be had here.</summary>
internal static class VolumeRules
{
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private const int MaxFileName = 255;

    /// <summary>Everything that is wrong with the files of volumes, in words.</summary>
    public static IEnumerable<string> FileErrors(IReadOnlyList<WorkloadVolume> volumes)
    {
        foreach (var volume in volumes)
        {
            if (!IsFileName(volume.Name))
            {
                yield return $"\"{volume.Name}\" is no name of a volume";
            }

            foreach (var file in volume.Files.Where(f => !IsFilePath(f.Path) || (f.Mode & ~Permissions) != 0))
            {
                yield return $"volume \"{volume.Name}\": \"{file.Path}\" is no path of a file in it, or its mode is beyond 0777";
            }

            foreach (var twice in volume.Files.GroupBy(f => f.Path, StringComparer.Ordinal).Where(g => g.Count() > 1))
            {
                yield return $"volume \"{volume.Name}\" has two files \"{twice.Key}\"";
            }
        }
    }

    /// <summary>Everything that is wrong with the volumes' names, in words.</summary>
    public static IEnumerable<string> NameErrors(PodSpec spec) =>
        (spec.Volumes ?? []).Where(v => v.Name is null || !IsFileName(v.Name)).Select(v => $"\"{v.Name}\" is no name of a volume")
            .Concat((spec.Volumes ?? []).GroupBy(v => v.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => $"there are {g.Count()} volumes named \"{g.Key}\""));

    /// <summary>Everything that is wrong with what a container mounts, in words.</summary>
    public static IEnumerable<string> MountErrors(Container container, Workload workload) =>
        (container.VolumeMounts ?? []).Select(mount => MountError(mount, workload)).OfType<string>()
            .Concat(Devices(container))
            .Select(error => $"container \"{container.Name}\": {error}");

    private static string? MountError(VolumeMount mount, Workload workload)
    {
        if (!IsPath(mount.MountPath) || mount.MountPath!.Trim('/').Length == 0)
        {
            return $"volume \"{mount.Name}\" cannot be mounted at \"{mount.MountPath}\": it takes a path below / without \"..\"";
        }

        if (!IsPath(mount.SubPath ?? "") || (mount.SubPath ?? "").StartsWith('/') || mount.SubPathExpr is not null)
        {
            return $"volume \"{mount.Name}\": \"{mount.SubPath ?? mount.SubPathExpr}\" is no path in it";
        }

        return Text(mount.Other, "mountPropagation") == "Bidirectional"
            ? $"volume \"{mount.Name}\": mountPropagation Bidirectional takes privileges that no job has"
            : KindError(mount, workload);
    }

    private static string? KindError(VolumeMount mount, Workload workload)
    {
        if (workload.Volumes.Any(v => v.Name == mount.Name))
        {
            return null;
        }

        var volume = (workload.Pod.Spec.Volumes ?? []).FirstOrDefault(v => v.Name == mount.Name);
        return volume is null ? $"there is no volume \"{mount.Name}\" to mount at {mount.MountPath}"
            : PodVolumes.IsEmptyDirectory(volume) ? null
            : $"volume \"{mount.Name}\" of kind {volume.Source?.Keys.FirstOrDefault() ?? "?"} cannot be mounted at {mount.MountPath}; use a path of the shared file system";
    }

    private static IEnumerable<string> Devices(Container container) =>
        container.Other is { } other && other.TryGetValue("volumeDevices", out var devices) && devices is { ValueKind: JsonValueKind.Array } && devices.GetArrayLength() > 0
            ? ["volumeDevices are not supported: jobs have no block devices of their own"]
            : [];

    private static string? Text(IDictionary<string, JsonElement>? members, string name) =>
        members is not null && members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsPath(string? path) =>
        path is not null && !path.Contains('\0', StringComparison.Ordinal) && !path.Split('/').Contains("..");

    // Names that begin with ".." are the writer's own, at the top.
    private static bool IsFilePath(string path) =>
        path.Split('/').All(IsFileName) && !path.StartsWith("..", StringComparison.Ordinal);

    private static bool IsFileName(string name) =>
        name.Length is > 0 and <= MaxFileName && name is not ("." or "..") && !name.Contains('/', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal);
}
