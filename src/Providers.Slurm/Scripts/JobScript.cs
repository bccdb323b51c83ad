using System.Globalization;
using System.Text;

namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>Renders the batch script: a pure function of the request. The script only sets up and becomes the shim.</summary>
internal static class JobScript
{
    /// <summary>Renders a script.</summary>
    /// <exception cref="ProviderException">A value could not stand in the script unquoted.</exception>
    public static string Render(JobRequest request)
    {
        var script = new StringBuilder("#!/bin/bash\n");
        foreach (var option in Options(request))
        {
            script.Append("#SBATCH ").Append(option).Append('\n');
        }

        return script
            .Append('\n')
            .Append("# exec: the shim takes the script's place, so that the signals Slurm sends to the batch script reach it.\n")
            .Append("exec ").Append(ShellQuote.Word(request.ShimPath)).Append(" run ").Append(ShellQuote.Word(request.PodDirectory)).Append('\n')
            .ToString();
    }

    private static IEnumerable<string> Options(JobRequest request)
    {
        yield return Option("job-name", request.Name);
        yield return Option("comment", request.Comment);
        yield return Option("output", request.Output.Replace("%", "%%", StringComparison.Ordinal));
        yield return "--open-mode=append";
        yield return Option("chdir", request.WorkingDirectory);
        yield return string.Create(CultureInfo.InvariantCulture, $"--nodes={request.Nodes}");
        yield return string.Create(CultureInfo.InvariantCulture, $"--ntasks={request.Tasks}");
        foreach (var (name, value) in Optional(request))
        {
            if (value is not null)
            {
                yield return Option(name, value);
            }
        }

        if (request.Exclusive)
        {
            yield return "--exclusive";
        }

        yield return "--no-requeue";
        yield return Option("signal", string.Create(CultureInfo.InvariantCulture, $"B:USR2@{request.SignalLeadSeconds}"));
        foreach (var flag in request.Flags)
        {
            yield return SbatchValue.Check("an sbatch flag", flag);
        }
    }

    private static IEnumerable<(string Name, string? Value)> Optional(JobRequest request) =>
    [
        ("partition", request.Partition),
        ("account", request.Account),
        ("qos", request.Qos),
        ("constraint", request.Constraint),
        ("reservation", request.Reservation),
        ("dependency", request.Dependency),
        ("licenses", request.Licenses),
        ("cpus-per-task", request.Cpus?.ToString(CultureInfo.InvariantCulture)),
        ("mem", request.MemoryMiB is { } mib ? string.Create(CultureInfo.InvariantCulture, $"{mib}M") : null),
        ("gres", request.Gres.Count > 0 ? string.Join(',', request.Gres) : null),
        ("time", request.TimeLimitMinutes?.ToString(CultureInfo.InvariantCulture)),
    ];

    private static string Option(string name, string value) => $"--{name}={SbatchValue.Check($"--{name}", value)}";
}
