namespace VirtualKubelet.Host;

/// <summary>Exit codes of <c>vk-slurm</c>.</summary>
internal static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>What was asked for could not be done.</summary>
    public const int Failure = 1;

    /// <summary>The terminal went away, as a shell counts it (SIGHUP).</summary>
    public const int HungUp = 128 + 1;

    /// <summary>Ended by Ctrl-C, as a shell counts it.</summary>
    public const int Interrupted = 128 + 2;

    /// <summary>Nobody reads our output any more, as a shell counts it (SIGPIPE).</summary>
    public const int BrokenPipe = 128 + 13;

    /// <summary>The configuration is wrong (sysexits EX_CONFIG).</summary>
    public const int Configuration = 78;
}
