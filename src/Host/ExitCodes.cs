namespace VirtualKubelet.Host;

/// <summary>Exit codes of <c>vk-slurm</c>.</summary>
internal static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>What was asked for could not be done.</summary>
    public const int Failure = 1;

    /// <summary>The configuration is wrong (sysexits EX_CONFIG).</summary>
    public const int Configuration = 78;
}
