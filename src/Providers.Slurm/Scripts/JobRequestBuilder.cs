using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>Translates a workload into a job request, within what the site allows.</summary>
internal sealed class JobRequestBuilder(SlurmProviderOptions options)
{
    private const int DefaultGraceSeconds = 30;

    /// <summary>Time the shim needs beyond the containers' grace to write its last word.</summary>
    private const int ShimMarginSeconds = 10;

    private static readonly string[] NotScheduled = ["cpu", "memory", "ephemeral-storage"];

    /// <summary>Translates a workload.</summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.Invalid"/>: the workload asks for what cannot or may not be.</exception>
    public JobRequest Build(Workload workload, PodDirectoryLayout directory)
    {
        var pod = workload.Pod;
        var annotations = PodAnnotations.Read(pod.Metadata, options.Annotations);
        var resources = PodResources.Effective(pod.Spec);
        var grace = GraceSeconds(pod.Spec);
        return new JobRequest
        {
            Name = JobIdentity.Name(workload.Id),
            Comment = JobIdentity.Comment(JobIdentity.Owner(options), workload.Id.Uid),
            Output = directory.JobOutputFile,
            WorkingDirectory = Home(),
            ShimPath = options.ShimPath,
            PodDirectory = directory.Root,
            Partition = annotations["partition"] ?? options.Defaults.Partition,
            Account = annotations["account"] ?? options.Defaults.Account,
            Qos = annotations["qos"] ?? options.Defaults.Qos,
            Constraint = annotations["constraint"] ?? options.Defaults.Constraint,
            Reservation = annotations["reservation"] ?? options.Defaults.Reservation,
            Nodes = annotations.Count("nodes"),
            Tasks = annotations.Count("ntasks"),
            Dependency = annotations["dependency"],
            Licenses = annotations["licenses"],
            Cpus = Cpus(resources),
            MemoryMiB = MemoryMiB(resources),
            Gres = Gres(resources, annotations),
            TimeLimitMinutes = TimeLimitMinutes(pod.Spec, annotations, grace),
            Exclusive = annotations.Exclusive,
            SignalLeadSeconds = Math.Min(grace + ShimMarginSeconds, ushort.MaxValue),
            Flags = annotations.Flags,
        };
    }

    /// <summary>The grace period of a pod in seconds, 1 or more as a kubelet has it.</summary>
    public static int GraceSeconds(PodSpec spec) =>
        (int)Math.Clamp(spec.TerminationGracePeriodSeconds ?? DefaultGraceSeconds, 1, int.MaxValue / 2);

    // Where a login shell starts; a home that cannot stand in a script would make every pod invalid.
    private static string Home() =>
        Environment.GetEnvironmentVariable("HOME") is { } home && SbatchValue.IsSafe(home) ? home : "/";

    private long? Cpus(IReadOnlyDictionary<string, Quantity> resources)
    {
        var cpu = Asked(resources, "cpu") ?? options.Defaults.Cpu;
        Bound("CPUs", cpu, options.Limits.Cpu, "cpu");
        return cpu is { } amount ? Math.Max(1, amount.Ceiling) : null;
    }

    private long? MemoryMiB(IReadOnlyDictionary<string, Quantity> resources)
    {
        var memory = Asked(resources, "memory") ?? options.Defaults.Memory;
        Bound("memory", memory, options.Limits.Memory, "memory");
        return memory is { } amount ? Math.Max(1, new Quantity(amount.Value / (1 << 20)).Ceiling) : null;
    }

    private List<string> Gres(IReadOnlyDictionary<string, Quantity> resources, PodAnnotations annotations)
    {
        var gres = new List<string>();
        foreach (var (name, amount) in resources.Where(r => !NotScheduled.Contains(r.Key) && r.Value.Value > 0).OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            if (!options.GresByResource.TryGetValue(name, out var generic))
            {
                throw new ProviderException(
                    ProviderErrorKind.Invalid, $"the node has no resource \"{name}\"; the site maps extended resources to Slurm's in spec.extendedResources");
            }

            gres.Add($"{generic}:{amount.Ceiling}");
        }

        return annotations["gres"] is { } more ? [.. gres, more] : gres;
    }

    // The deadline is kept by the shim to the second; --time is the backstop, for a shim that is gone.
    private long? TimeLimitMinutes(PodSpec spec, PodAnnotations annotations, int grace)
    {
        var limit = annotations.TimeLimit ?? options.Defaults.TimeLimit;
        if (spec.ActiveDeadlineSeconds is { } deadline)
        {
            var needed = TimeSpan.FromSeconds(Math.Min(deadline, int.MaxValue) + grace + ShimMarginSeconds);
            limit = limit is { } asked && asked < needed ? asked : needed;
        }

        if (limit > options.Limits.TimeLimit)
        {
            throw new ProviderException(
                ProviderErrorKind.Invalid,
                $"the pod asks for a time limit of {limit}, the node allows {options.Limits.TimeLimit} (spec.limits.perPod.timeLimit)");
        }

        return limit is { } value ? (long)Math.Ceiling(value.TotalMinutes) : null;
    }

    private static Quantity? Asked(IReadOnlyDictionary<string, Quantity> resources, string name) =>
        resources.TryGetValue(name, out var amount) && amount.Value > 0 ? amount : null;

    private static void Bound(string what, Quantity? asked, Quantity? limit, string key)
    {
        if (asked is { } amount && limit is { } bound && amount > bound)
        {
            throw new ProviderException(
                ProviderErrorKind.Invalid, $"the pod asks for {amount} {what}, the node allows {bound} (spec.limits.perPod.{key})");
        }
    }
}
