using VirtualKubelet.Kubernetes;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>Translates a workload into what the shim runs.</summary>
internal static class PodPlanBuilder
{
    private const string HostRuntime = "Host";

    /// <summary>Translates a workload.</summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.Invalid"/>: the workload breaks a rule, or the runtime cannot do
    /// what a container asks for; all reasons are named.</exception>
    public static PodPlan Build(Workload workload, JobRequest request, string runtime)
    {
        var spec = workload.Pod.Spec;
        var errors = WorkloadRules.Errors(workload).Concat(spec.AllContainers.SelectMany(c => Unsupported(c, runtime))).ToList();
        if (errors.Count > 0)
        {
            throw new ProviderException(ProviderErrorKind.Invalid, string.Join("; ", errors));
        }

        return new PodPlan
        {
            Namespace = workload.Id.Namespace,
            Name = workload.Id.Name,
            Uid = workload.Id.Uid,
            Runtime = runtime,
            RestartPolicy = Enum.Parse<RestartPolicy>(spec.RestartPolicy ?? nameof(RestartPolicy.Always)),
            TerminationGracePeriodSeconds = JobRequestBuilder.GraceSeconds(spec),
            ActiveDeadlineSeconds = spec.ActiveDeadlineSeconds,
            TimeLimitSeconds = request.TimeLimitMinutes * 60,
            InitContainers = [.. (spec.InitContainers ?? []).Select(c => Plan(c, workload))],
            Containers = [.. (spec.Containers ?? []).Select(c => Plan(c, workload))],
        };
    }

    private static IEnumerable<string> Unsupported(Container container, string runtime)
    {
        if (container.RestartPolicy is not null)
        {
            yield return $"container \"{container.Name}\": restartPolicy of a single container (sidecar) is not supported";
        }

        if (runtime != HostRuntime)
        {
            yield break;
        }

        if (container.Command is not { Count: > 0 })
        {
            yield return $"container \"{container.Name}\": the Host runtime starts no image and so needs a command";
        }
    }

    private static ContainerPlan Plan(Container container, Workload workload) => new()
    {
        Name = container.Name!,
        Image = container.Image,
        Command = container.Command ?? [],
        Args = container.Args ?? [],
        Environment = [.. (container.Env ?? []).Select(e => new EnvironmentVariable(e.Name!, e.Value ?? ""))],
        WorkingDirectory = container.WorkingDir,
        Mounts = [.. (container.VolumeMounts ?? []).Select(m => Plan(m, workload))],
        Stdin = container.Stdin ?? false,
        StdinOnce = container.StdinOnce ?? false,
        Tty = container.Tty ?? false,
        TerminationMessagePath = container.TerminationMessagePath is { Length: > 0 } path ? path : null,
        TerminationMessagePolicy = Enum.Parse<TerminationMessagePolicy>(container.TerminationMessagePolicy ?? nameof(TerminationMessagePolicy.File)),
    };

    // Files from the cluster are never the container's to write, as with a kubelet: they would be replaced under its hands.
    private static MountPlan Plan(VolumeMount mount, Workload workload) => new(
        mount.Name!,
        Path.GetFullPath("/" + mount.MountPath!.Trim('/')),
        mount.SubPath is { Length: > 0 } part ? part : null,
        mount.ReadOnly is true || workload.Volumes.Any(v => v.Name == mount.Name));
}
