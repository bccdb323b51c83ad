using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Validation;

/// <summary>Rules of volumes and of where they are mounted.</summary>
internal static class VolumeRules
{
    /// <summary>Checks the volumes and returns their names.</summary>
    public static IReadOnlySet<string> CheckVolumes(IReadOnlyList<Volume>? volumes, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var files = new FileVolumeRules(errors);
        foreach (var (at, volume) in errors.Items(path, volumes))
        {
            errors.Require(at.Member("name"), volume.Name, NameRules.Label);
            errors.Add(at.Member("name"), volume.Name is { Length: > 0 } name && !names.Add(name) ? $"{Shown.Quoted(name)} is given to two volumes" : null);
            errors.Add(at, volume.Source is { Count: > 1 } ? "has more than one source" : null);
            foreach (var (kind, source) in volume.Source ?? new Dictionary<string, JsonElement>())
            {
                files.Check(kind, source, at.Member(kind));
            }
        }

        return names;
    }

    /// <summary>Checks the mounts of one container.</summary>
    public static void CheckMounts(IReadOnlyList<VolumeMount>? mounts, IReadOnlySet<string> volumes, FieldPath path, FieldErrors errors)
    {
        var places = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, mount) in errors.Items(path, mounts))
        {
            errors.Require(at.Member("name"), mount.Name, name => volumes.Contains(name) ? null : $"{Shown.Quoted(name)} is not a volume of this pod");
            errors.Require(at.Member("mountPath"), mount.MountPath, MountPath);
            errors.Add(at.Member("mountPath"), mount.MountPath is { } place && !places.Add(place) ? $"{Shown.Quoted(place)} is mounted twice" : null);
            errors.Check(at.Member("subPath"), mount.SubPath, SubPath);
            errors.Check(at.Member("subPathExpr"), mount.SubPathExpr, SubPath);
            errors.Add(at, string.IsNullOrEmpty(mount.SubPath) || string.IsNullOrEmpty(mount.SubPathExpr) ? null : "has both a subPath and a subPathExpr");
        }
    }

    /// <summary>The rule of a part of a volume that is mounted: it does not lead out of the volume.</summary>
    public static string? SubPath(string path) =>
        path.StartsWith('/') || path.Split('/').Contains("..")
            ? $"{Shown.Quoted(path)} has to be relative and may not contain '..'"
            : TextRules.Line(path);

    private static string? MountPath(string path) =>
        path.Contains(':', StringComparison.Ordinal) || path.Split('/').Contains("..") ? $"{Shown.Quoted(path)} may not contain ':' or '..'"
        : path.Split('/').All(part => part is "" or ".") ? $"{Shown.Quoted(path)} is the container's root, which no volume can replace"
        : TextRules.Line(path);
}
