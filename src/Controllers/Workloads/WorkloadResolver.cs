using System.Text;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>Turns a valid pod into a workload: every variable has its value, every <c>$(VAR)</c> of commands, arguments and mounts is expanded, and volumes have their files.</summary>
internal static class WorkloadResolver
{
    /// <summary>The workload, or everything that stands in its way.</summary>
    public static ResolvedWorkload Resolve(Pod pod, WorkloadContext context)
    {
        var notes = new ResolutionNotes();
        var given = ServiceAccountMounts.Without(pod);
        var spec = new FieldPath("spec");
        var resolved = given with
        {
            Status = null,
            Spec = given.Spec with
            {
                InitContainers = ResolveAll(given.Spec.InitContainers, spec.Member("initContainers"), pod, context, notes),
                Containers = ResolveAll(given.Spec.Containers, spec.Member("containers"), pod, context, notes),
            },
        };
        var volumes = new VolumeResolver(pod, context, notes).Resolve();
        var isReady = notes.Errors.Count == 0 && (context.IsUpdate || !notes.MustWait);
        return new ResolvedWorkload(isReady ? new Workload(resolved) { Volumes = volumes } : null, notes.Errors)
        {
            Missing = notes.Missing,
            Unmounted = notes.Unmounted,
            AllKnown = !notes.HasUnknown,
            Skipped = notes.Skipped,
        };
    }

    /// <summary>Whether some variable or file of the pod is a resource amount, which may depend on the node's.</summary>
    public static bool NeedsNode(Pod pod) =>
        pod.Spec.AllContainers.Any(c => c.Env?.Any(v => v.ValueFrom?.ResourceFieldRef is not null) ?? false)
        || FileVolumes.Of(pod).SelectMany(v => v.Sources).OfType<FileSource.FromPod>().Any(s => s.Items.Any(f => f.ResourceFieldRef is not null));

    private static List<Container>? ResolveAll(
        IReadOnlyList<Container>? containers, FieldPath path, Pod pod, WorkloadContext context, ResolutionNotes notes) =>
        containers?.Select((container, i) => Resolve(container, path.Item(i), pod, context, notes)).ToList();

    private static Container Resolve(Container container, FieldPath path, Pod pod, WorkloadContext context, ResolutionNotes notes)
    {
        var variables = new List<EnvVar>();
        var values = new EnvironmentResolver(pod, context, notes).Resolve(container, path, variables);
        return container with
        {
            Env = variables.Count == 0 ? null : variables,
            EnvFrom = null,
            Command = ExpandAll(container.Command, path.Member("command"), values, notes.Errors),
            Args = ExpandAll(container.Args, path.Member("args"), values, notes.Errors),

            // Not while variables are missing: they may be what a path is made of.
            VolumeMounts = context.IsUpdate || notes.MustWait ? container.VolumeMounts : SubPaths.Resolve(container.VolumeMounts, path.Member("volumeMounts"), values, notes.Errors),
        };
    }

    private static List<string>? ExpandAll(IReadOnlyList<string>? texts, FieldPath path, IReadOnlyDictionary<string, string> values, List<FieldError> errors) =>
        texts?.Select((text, i) => Expand(text, path.Item(i), values, errors)).ToList();

    private static string Expand(string text, FieldPath path, IReadOnlyDictionary<string, string> values, List<FieldError> errors)
    {
        try
        {
            var expanded = VariableExpansion.Expand(text, values, EnvironmentResolver.MaxStringBytes);
            if (Encoding.UTF8.GetByteCount(expanded) < EnvironmentResolver.MaxStringBytes)
            {
                return expanded;
            }

            errors.Add(new FieldError(path.Text, $"is too long; Linux passes at most {EnvironmentResolver.MaxStringBytes} bytes in one argument"));
        }
        catch (ExpansionTooLongException exception)
        {
            errors.Add(new FieldError(path.Text, exception.Message));
        }

        return text;
    }
}
