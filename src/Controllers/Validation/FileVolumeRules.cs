using System.Text;
using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Validation;

/// <summary>
/// Rules of volumes that are made of files: each file has a place inside its volume, and none that another file of the same source has. What a source is
/// missing, or what this node makes no files of, shows only when a container mounts it.
/// </summary>
internal sealed class FileVolumeRules(FieldErrors errors)
{
    private const int MaxMode = 0b111_111_111;
    private const int MaxNameBytes = 255;
    private const int MaxPathBytes = 4096;

    /// <summary>Checks the source of a volume; one of another kind is not ours to judge.</summary>
    public void Check(string kind, JsonElement source, FieldPath path)
    {
        switch (kind)
        {
            case "configMap" when VolumeSources.Read(source, KubernetesJson.Api.ConfigMapVolumeSource, path, errors) is { } map:
                Check(map, path);
                break;
            case "secret" when VolumeSources.Read(source, KubernetesJson.Api.SecretVolumeSource, path, errors) is { } secret:
                CheckName(secret.SecretName, path.Member("secretName"));
                CheckItems(secret.Items, path.Member("items"));
                CheckMode(secret.DefaultMode, path.Member("defaultMode"));
                break;
            case "downwardAPI" when VolumeSources.Read(source, KubernetesJson.Api.DownwardAPIVolumeSource, path, errors) is { } downward:
                Check(downward, path);
                break;
            case "projected" when VolumeSources.Read(source, KubernetesJson.Api.ProjectedVolumeSource, path, errors) is { } projected:
                Check(projected, path);
                break;
            default:
                break;
        }
    }

    /// <summary>A path without its empty parts and those that are '.', as kubelet's <c>filepath.Clean</c> leaves it.</summary>
    public static string CleanPath(string path) => string.Join('/', path.Split('/').Where(p => p is not ("" or ".")));

    /// <summary>The rule of a file's place in its volume.</summary>
    public static string? FilePath(string path)
    {
        var parts = CleanPath(path).Split('/');
        return path.StartsWith('/') || parts.Contains("..") || parts[0].StartsWith("..", StringComparison.Ordinal) || parts[^1].Length == 0
                ? $"{Shown.Quoted(path)} is not a path inside a volume: relative, without '..', and not beginning with '..'"
            : parts.Any(p => Encoding.UTF8.GetByteCount(p) > MaxNameBytes) || Encoding.UTF8.GetByteCount(path) > MaxPathBytes
                ? $"{Shown.Quoted(path)} is too long: at most {MaxNameBytes} bytes in each part and {MaxPathBytes} in all"
            : TextRules.Line(path);
    }

    private void Check(ConfigMapVolumeSource map, FieldPath path)
    {
        CheckName(map.Name, path.Member("name"));
        CheckItems(map.Items, path.Member("items"));
        CheckMode(map.DefaultMode, path.Member("defaultMode"));
    }

    private void Check(DownwardAPIVolumeSource downward, FieldPath path)
    {
        CheckMode(downward.DefaultMode, path.Member("defaultMode"));
        var places = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, item) in errors.Items(path.Member("items"), downward.Items))
        {
            CheckFile(item.Path, item.Mode, places, at);
            errors.Add(at, item.FieldRef is null == item.ResourceFieldRef is null ? "needs exactly one of fieldRef and resourceFieldRef" : null);
        }
    }

    private void Check(ProjectedVolumeSource projected, FieldPath path)
    {
        CheckMode(projected.DefaultMode, path.Member("defaultMode"));
        foreach (var (at, source) in errors.Items(path.Member("sources"), projected.Sources))
        {
            var kinds = (source.ConfigMap is null ? 0 : 1) + (source.Secret is null ? 0 : 1) + (source.DownwardAPI is null ? 0 : 1) + (source.Other?.Count ?? 0);
            errors.Add(at, kinds == 1 ? null : "needs exactly one source");
            Check(source, at);
        }
    }

    private void Check(VolumeProjection source, FieldPath path)
    {
        if (source.ConfigMap is { } map)
        {
            Check(map, path.Member("configMap"));
        }

        if (source.Secret is { } secret)
        {
            CheckName(secret.Name, path.Member("secret").Member("name"));
            CheckItems(secret.Items, path.Member("secret").Member("items"));
        }

        if (source.DownwardAPI is { } downward)
        {
            Check(downward, path.Member("downwardAPI"));
        }
    }

    private void CheckItems(IReadOnlyList<KeyToPath>? items, FieldPath path)
    {
        var places = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, item) in errors.Items(path, items))
        {
            CheckName(item.Key, at.Member("key"));
            CheckFile(item.Path, item.Mode, places, at);
        }
    }

    private void CheckFile(string? file, int? mode, HashSet<string> places, FieldPath path)
    {
        errors.Require(path.Member("path"), file, FilePath);
        errors.Add(path.Member("path"), file is { Length: > 0 } && !places.Add(CleanPath(file)) ? $"{Shown.Quoted(file)} is given to two files" : null);
        CheckMode(mode, path.Member("mode"));
    }

    private void CheckName(string? name, FieldPath path) => errors.Require(path, name, _ => null);

    private void CheckMode(int? mode, FieldPath path) =>
        errors.Add(path, mode is < 0 or > MaxMode ? $"{mode} is not between 0 and 0777 (511 in JSON)" : null);
}
