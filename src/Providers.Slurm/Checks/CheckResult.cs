namespace VirtualKubelet.Providers.Slurm.Checks;

/// <summary>One line of a site check.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Passed">Whether it is as it must be.</param>
/// <param name="Detail">What was found, in Slurm's own words where it spoke.</param>
/// <param name="Fix">What to do about a failure.</param>
public sealed record CheckResult(string Name, bool Passed, string Detail, string? Fix = null)
{
    internal static CheckResult Pass(string name, string detail) => new(name, true, detail);

    internal static CheckResult Fail(string name, string detail, string fix) => new(name, false, detail, fix);
}
