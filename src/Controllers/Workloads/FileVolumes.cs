using System.Text.Json;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Finds the volumes of a pod that are made of files and that some container mounts: as with a kubelet, the others count for nothing.</summary>
internal static class FileVolumes
{
    private const int DefaultMode = 0b110_100_100;

    /// <summary>The volumes, in the order of the pod.</summary>
    public static IReadOnlyList<FileVolume> Of(Pod pod)
    {
        if (pod.Spec.Volumes is not { Count: > 0 } volumes)
        {
            return [];
        }

        var spec = ServiceAccountMounts.Without(pod).Spec;
        var mounted = (spec.InitContainers ?? []).Concat(spec.Containers ?? []).SelectMany(c => c.VolumeMounts ?? []).Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        var path = new FieldPath("spec").Member("volumes");
        return [.. volumes.Select((volume, i) => mounted.Contains(volume.Name) ? Read(volume, path.Item(i)) : null).OfType<FileVolume>()];
    }

    private static FileVolume? Read(Volume volume, FieldPath path)
    {
        // What is wrong with a source was told when the pod was validated.
        var ignored = new FieldErrors();
        return (volume.Source ?? new Dictionary<string, JsonElement>()).Select(s => Read(volume.Name!, s.Key, s.Value, path, ignored)).FirstOrDefault();
    }

    private static FileVolume? Read(string name, string kind, JsonElement source, FieldPath path, FieldErrors errors)
    {
        var at = path.Member(kind);
        FileVolume Volume(int? mode, params IReadOnlyList<FileSource> sources) => new(name, mode ?? DefaultMode, sources, path);
        return kind switch
        {
            "configMap" when VolumeSources.Read(source, KubernetesJson.Api.ConfigMapVolumeSource, at, errors) is { } map => Volume(map.DefaultMode, Of(map, at)),
            "secret" when VolumeSources.Read(source, KubernetesJson.Api.SecretVolumeSource, at, errors) is { } secret =>
                Volume(secret.DefaultMode, Of(ConfigKind.Secret, secret.SecretName, secret.Items, secret.Optional, at)),
            "downwardAPI" when VolumeSources.Read(source, KubernetesJson.Api.DownwardAPIVolumeSource, at, errors) is { } downward => Volume(downward.DefaultMode, Of(downward, at)),
            "projected" when VolumeSources.Read(source, KubernetesJson.Api.ProjectedVolumeSource, at, errors) is { } projected =>
                Volume(projected.DefaultMode, [.. (projected.Sources ?? []).Select((s, i) => Of(s, at.Member("sources").Item(i)))]),
            _ => null,
        };
    }

    private static FileSource Of(VolumeProjection source, FieldPath at) => source switch
    {
        { ConfigMap: { } map } => Of(map, at.Member("configMap")),
        { Secret: { } secret } => Of(ConfigKind.Secret, secret.Name, secret.Items, secret.Optional, at.Member("secret")),
        { DownwardAPI: { } downward } => Of(downward, at.Member("downwardAPI")),
        _ => new FileSource.FromElsewhere(source.Other is { Count: > 0 } other ? at.Member(other.Keys.First()) : at),
    };

    private static FileSource.FromPod Of(DownwardAPIVolumeSource downward, FieldPath at) => new(downward.Items ?? [], at);

    private static FileSource.FromObject Of(ConfigMapVolumeSource map, FieldPath at) => Of(ConfigKind.ConfigMap, map.Name, map.Items, map.Optional, at);

    private static FileSource.FromObject Of(ConfigKind kind, string? name, IReadOnlyList<KeyToPath>? items, bool? isOptional, FieldPath at) =>
        new(new ConfigReference(kind, name ?? ""), items ?? [], isOptional == true, at);
}
