namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>Reads what squeue prints about the jobs of one virtual node.</summary>
internal static class SqueueOutput
{
    private static readonly FixedColumns Columns = new(
        ("JobID", 24),
        ("State", 24),
        ("Reason", 96),
        ("exit_code", 16),
        ("StartTime", 24),
        ("EndTime", 24),
        ("NodeList", 128),
        ("Comment", 256),
        ("Name", 420));

    /// <summary>The argument of <c>-O</c>.</summary>
    public static string Format => Columns.Format;

    /// <summary>The jobs that carry a pod of <paramref name="owner"/>; those of others are left out.</summary>
    public static List<JobRecord> Parse(string owner, string output)
    {
        var jobs = new List<JobRecord>();
        foreach (var row in Columns.Rows(output))
        {
            if (UidOf(owner, comment: row[7], name: row[8]) is { Length: > 0 } uid)
            {
                jobs.Add(Job(row, uid) with { IsOurs = JobIdentity.UidOfComment(owner, row[7]) is not null });
            }
        }

        return jobs;
    }

    // A site's job_submit plugin may replace the comment; the name then still tells the UID,
    // and only UIDs that have a pod directory here are ever acted upon.
    private static string? UidOf(string owner, string comment, string name) =>
        JobIdentity.UidOfComment(owner, comment)
        ?? (comment.StartsWith("virtual-kubelet/", StringComparison.Ordinal) ? null : JobIdentity.UidOfName(name));

    private static JobRecord Job(string[] row, string uid)
    {
        var (exitCode, signal) = SlurmValues.Exit(row[3]);
        return new JobRecord
        {
            JobId = row[0],
            Uid = uid,
            State = SlurmJobStates.Parse(row[1]),
            StateWord = row[1],
            Reason = SlurmValues.Word(row[2]),
            ExitCode = exitCode,
            Signal = signal,
            StartTime = SlurmValues.Time(row[4]),
            EndTime = SlurmValues.Time(row[5]),
            Nodes = SlurmValues.Word(row[6]),
        };
    }
}
