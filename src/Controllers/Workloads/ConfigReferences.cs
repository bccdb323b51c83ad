using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Finds the objects that a pod is made of, optional ones included.</summary>
internal static class ConfigReferences
{
    /// <summary>Those of its environments and of its volumes.</summary>
    public static IReadOnlySet<ConfigReference> Of(Pod pod) =>
        (pod.Spec.InitContainers ?? []).Concat(pod.Spec.Containers ?? []).SelectMany(Of).Select(s => s.Reference).Concat(OfVolumes(pod)).ToHashSet();

    /// <summary>Those of the volumes that containers mount.</summary>
    public static IReadOnlySet<ConfigReference> OfVolumes(Pod pod) =>
        FileVolumes.Of(pod).SelectMany(v => v.Sources).OfType<FileSource.FromObject>().Select(s => s.Reference).ToHashSet();

    private static IEnumerable<ConfigSelector> Of(Container container) =>
        (container.EnvFrom ?? []).Select(ConfigSelector.OfSource)
            .Concat((container.Env ?? []).Where(IsResolved).SelectMany(v => v.ValueFrom?.Other ?? new Dictionary<string, System.Text.Json.JsonElement>())
                .Select(s => ConfigSelector.OfVariable(s.Key, s.Value)))
            .OfType<ConfigSelector>();

    // Kubernetes looks at the source only when the value is empty.
    private static bool IsResolved(EnvVar variable) => string.IsNullOrEmpty(variable.Value);
}
