using VirtualKubelet.Shim.Supervision;

namespace VirtualKubelet.Shim;

/// <summary>What the shim was called with.</summary>
/// <param name="Command">The first argument.</param>
/// <param name="PodDirectory">For <c>run</c> and <c>channel</c>: an absolute path without a trailing slash.</param>
/// <param name="Delays">For <c>run</c>: bounds of the delay before a restart.</param>
internal sealed record CommandLine(string Command, string PodDirectory, RestartDelays Delays)
{
    /// <summary>For <c>channel</c>: the frames go to stderr and the shim's own words to stdout.</summary>
    public bool FramesOnStderr { get; private init; }

    /// <summary>For <c>enter</c>: the container.</summary>
    public string Container { get; private init; } = "";

    /// <summary>For <c>enter</c>: where the program starts; empty is where the shim is.</summary>
    public string Directory { get; private init; } = "";

    /// <summary>For <c>enter</c>: the program and its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; private init; } = [];

    /// <summary>How to call it.</summary>
    public const string Usage = """
        usage: vk-slurm-shim run [--restart-backoff FIRST..LONGEST] <podDirectory>
                   runs the pod of that directory inside a job (SLURM_JOB_ID or VK_JOB_ID);
                   FIRST..LONGEST bounds the delay before a restart, 10s..300s unless given (units ms, s, m)
               vk-slurm-shim channel [--frames-on-stderr] <podDirectory>
                   serves exec, attach and port-forward for the pod of that directory over stdin and stdout, or stdin and stderr
               vk-slurm-shim enter <podDirectory> <container> <directory> -- <program> [<argument>...]
                   becomes the program, in the directory, where the volumes of the container are mounted; for the shim's own use
               vk-slurm-shim probe
                   prints one line of JSON about this machine
               vk-slurm-shim version
        """;

    /// <summary>Parses the arguments; null when they are wrong.</summary>
    public static CommandLine? Parse(string[] args) => args switch
    {
        ["run", "--restart-backoff", var range, var directory] when RestartDelays.Parse(range) is { } delays => Run(directory, delays),
        ["run", var directory] => Run(directory, RestartDelays.Kubelet),
        ["channel", var directory] => Channel(directory, framesOnStderr: false),
        ["channel", "--frames-on-stderr", var directory] => Channel(directory, framesOnStderr: true),
        ["enter", var pod, var container, var directory, "--", _, ..] when IsDirectory(pod) =>
            new("enter", Normalize(pod), RestartDelays.Kubelet) { Container = container, Directory = directory, Arguments = args[5..] },
        ["probe"] or ["version"] => new(args[0], "", RestartDelays.Kubelet),
        _ => null,
    };

    private static CommandLine? Run(string directory, RestartDelays delays) => IsDirectory(directory) ? new("run", Normalize(directory), delays) : null;

    private static CommandLine? Channel(string directory, bool framesOnStderr) =>
        IsDirectory(directory) ? new("channel", Normalize(directory), RestartDelays.Kubelet) { FramesOnStderr = framesOnStderr } : null;

    private static bool IsDirectory(string directory) => directory.Length > 0 && !directory.StartsWith('-');

    private static string Normalize(string directory) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
}
