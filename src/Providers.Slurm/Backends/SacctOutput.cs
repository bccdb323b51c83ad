namespace VirtualKubelet.Providers.Slurm.Backends;

/// <summary>Reads what sacct prints about jobs that have left the queue.</summary>
internal static class SacctOutput
{
    private const string CancelledBy = "CANCELLED by ";

    /// <summary>The argument of <c>--format</c>; the job name stands last because it is the only free text.</summary>
    public const string Format = "JobID,State,ExitCode,Start,End,NodeList,JobName";

    /// <summary>The jobs that carry a pod.</summary>
    public static List<JobRecord> Parse(string output)
    {
        var jobs = new List<JobRecord>();
        foreach (var line in output.Split('\n'))
        {
            var fields = line.Split('|', 7);
            if (fields.Length == 7 && JobIdentity.UidOfName(fields[6].Trim()) is { Length: > 0 } uid)
            {
                jobs.Add(Job(fields, uid));
            }
        }

        return jobs;
    }

    private static JobRecord Job(string[] fields, string uid)
    {
        var (exitCode, signal) = SlurmValues.Exit(fields[2]);
        return new JobRecord
        {
            JobId = fields[0],
            Uid = uid,
            State = SlurmJobStates.Parse(fields[1]),
            StateWord = fields[1],
            ExitCode = exitCode,
            Signal = signal,
            StartTime = SlurmValues.Time(fields[3]),
            EndTime = SlurmValues.Time(fields[4]),
            Nodes = SlurmValues.Word(fields[5]),
            CancelledBy = fields[1].StartsWith(CancelledBy, StringComparison.Ordinal) ? $"UID {fields[1][CancelledBy.Length..]}" : null,
        };
    }
}
