using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary><c>spec.slurm</c>.</summary>
internal static class SlurmSection
{
    private static readonly Section<AllowedAnnotation> Annotation = new Section<AllowedAnnotation>(new AllowedAnnotation { Name = "" })
        .Required("name", Scalars.OneOf(AllowedAnnotation.Names), (a, v) => a with { Name = v },
            "Name of the annotation without its prefix slurm.virtual-kubelet.io/.")
        .Key("values", new ListReader<string>(Scalars.Text(TextRules.SlurmValue), v => v), a => a.Values, (a, v) => a with { Values = v },
            "Values a pod may choose from; empty allows any.");

    public static Section<SlurmConfiguration> Instance { get; } = new Section<SlurmConfiguration>(new SlurmConfiguration())
        .Key("partition", Value, s => s.Partition, (s, v) => s with { Partition = v },
            "Partition of every job, sbatch --partition. Default: Slurm's own.")
        .Key("account", Value, s => s.Account, (s, v) => s with { Account = v },
            "Account that every job is charged to, sbatch --account. Default: Slurm's own.")
        .Key("qos", Value, s => s.Qos, (s, v) => s with { Qos = v },
            "Quality of service of every job, sbatch --qos. Default: Slurm's own.")
        .Key("constraint", Value, s => s.Constraint, (s, v) => s with { Constraint = v },
            "Node features that every job needs, sbatch --constraint.")
        .Key("reservation", Value, s => s.Reservation, (s, v) => s with { Reservation = v },
            "Reservation that every job uses, sbatch --reservation.")
        .Key("binDirectory", Scalars.Text(TextRules.AbsolutePath), s => s.BinDirectory, (s, v) => s with { BinDirectory = v },
            "Absolute path of the directory with sbatch, squeue, sacct, scancel, scontrol, sinfo and srun. Default: they are looked up in PATH.")
        .Key("configFile", Scalars.Text(TextRules.AbsolutePath), s => s.ConfigFile, (s, v) => s with { ConfigFile = v },
            "Absolute path of slurm.conf, given to Slurm's commands as SLURM_CONF. Default: the agent's own environment decides.")
        .Key("commandTimeout", Scalars.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "30s or 1m"), s => s.CommandTimeout, (s, v) => s with { CommandTimeout = v },
            "Deadline of each call of a Slurm command, 1s to 10m.")
        .Key("pollInterval", Scalars.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), "2s or 500ms"), s => s.PollInterval, (s, v) => s with { PollInterval = v },
            "Time between two looks at all jobs, 100ms to 10m; one squeue each, however many pods there are.")
        .Key("lostJobGrace", Scalars.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "30s or 2m"), s => s.LostJobGrace, (s, v) => s with { LostJobGrace = v },
            "How long a job may be missing from squeue, or its result from the shared file system, before its pod counts as lost, 1s to 1h. Covers the delays of slurmdbd and of network file systems.")
        .Key("maxConcurrentSubmits", Scalars.Integer(1, 64), s => s.MaxConcurrentSubmits, (s, v) => s with { MaxConcurrentSubmits = v },
            "sbatch commands at once.")
        .Key("allowedAnnotations", new ListReader<AllowedAnnotation>(Annotation, a => a.Name), s => s.AllowedAnnotations, (s, v) => s with { AllowedAnnotations = v },
            "Typed annotations slurm.virtual-kubelet.io/<name> that a pod may carry. A pod that carries another is refused.")
        .Key("allowedFlags", new ListReader<string>(FlagReader.Instance, f => f), s => s.AllowedFlags, (s, v) => s with { AllowedFlags = v },
            "sbatch flags that a pod may name, each with any value, in its annotation slurm.virtual-kubelet.io/flags. Flags that the agent sets itself cannot be allowed.");

    private static Reader<string> Value => Scalars.Text(TextRules.SlurmValue);
}
