namespace VirtualKubelet.Providers.Slurm.Commands;

/// <summary>
/// The environment of Slurm's commands, and through sbatch's <c>--export=ALL</c> of every job: a login shell's bare necessities.
/// The agent's own variables (tokens, SBATCH_* defaults of whoever started it) stay out.
/// </summary>
internal static class CommandEnvironment
{
    private static readonly string[] Inherited = ["HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "SLURM_CONF"];

    public static IReadOnlyDictionary<string, string> For(SlurmProviderOptions options)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
        };
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        if (options.ConfigFile is { } file)
        {
            environment["SLURM_CONF"] = file;
        }

        return environment;
    }
}
