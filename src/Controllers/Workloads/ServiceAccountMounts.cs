using System.Text.Json;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>
/// Leaves out the volume with API credentials that admission puts into every pod, asked or not: the job's machine need not reach the API server, and the token
/// would lie on a shared file system. Whatever a user mounts, at that path or elsewhere, stays.
/// </summary>
internal static class ServiceAccountMounts
{
    private const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string ProjectedPrefix = "kube-api-access-";
    private const int SuffixLength = 5;

    /// <summary>The pod without that volume and its mounts.</summary>
    public static Pod Without(Pod pod)
    {
        var injected = (pod.Spec.Volumes ?? []).Where(v => IsProjected(v) || IsSecret(v, pod.Spec)).Select(v => v.Name!).ToHashSet(StringComparer.Ordinal);
        if (injected.Count == 0)
        {
            return pod;
        }

        bool IsInjected(VolumeMount mount) => injected.Contains(mount.Name!) && mount.MountPath == MountPath;
        List<Container>? Strip(IReadOnlyList<Container>? containers) =>
            containers?.Select(c => c with { VolumeMounts = c.VolumeMounts?.Where(m => !IsInjected(m)).ToList() }).ToList();
        var spec = pod.Spec with { InitContainers = Strip(pod.Spec.InitContainers), Containers = Strip(pod.Spec.Containers) };
        var stillUsed = spec.AllContainers.SelectMany(c => c.VolumeMounts ?? []).Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        return pod with { Spec = spec with { Volumes = pod.Spec.Volumes!.Where(v => !injected.Contains(v.Name!) || stillUsed.Contains(v.Name)).ToList() } };
    }

    // Since 1.21 (BoundServiceAccountTokenVolume): a token that expires, the cluster's CA and the namespace.
    private static bool IsProjected(Volume volume) =>
        volume.Name is { } name
        && name.StartsWith(ProjectedPrefix, StringComparison.Ordinal)
        && volume.Source is { Count: 1 } source
        && source.TryGetValue("projected", out var projected)
        && projected.ValueKind == JsonValueKind.Object
        && projected.TryGetProperty("sources", out var sources)
        && sources.ValueKind == JsonValueKind.Array
        && sources.EnumerateArray().Any(s => s.ValueKind == JsonValueKind.Object && s.TryGetProperty("serviceAccountToken", out _));

    // Before: the account's own Secret, in a volume of the same name.
    private static bool IsSecret(Volume volume, PodSpec spec)
    {
        var prefix = $"{spec.ServiceAccountName ?? "default"}-token-";
        return volume.Name is { } name
            && name.StartsWith(prefix, StringComparison.Ordinal)
            && name.Length == prefix.Length + SuffixLength
            && volume.Source is { Count: 1 } source
            && source.TryGetValue("secret", out var secret)
            && secret.ValueKind == JsonValueKind.Object
            && secret.TryGetProperty("secretName", out var secretName)
            && secretName.ValueKind == JsonValueKind.String
            && secretName.GetString() == name;
    }
}
