using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Shim.Runtimes;

namespace VirtualKubelet.Shim.State;

/// <summary>
/// What must hold before anything of a plan touches the disk or a system call. The agent validates too; the shim trusts nobody with
/// file names, with strings that C would cut at a NUL, and with another layout's meaning.
/// </summary>
internal static class PlanValidation
{
    // DNS names end at 253, and file systems at 255.
    private const int MaxName = 253;

    /// <summary>Everything that is wrong with the plan, in words.</summary>
    public static IEnumerable<string> Errors(PodPlan plan)
    {
        if (plan.Version != PodPlan.CurrentVersion)
        {
            // No other complaint would mean anything.
            return [$"version {plan.Version} is not {PodPlan.CurrentVersion}, the one this shim reads: the agent and the shim are of different releases"];
        }

        if (!HasAllLists(plan))
        {
            return ["one of initContainers, containers, command, args, environment and mounts is missing or holds null"];
        }

        return PodErrors(plan).Concat(DuplicateNames(plan)).Concat(All(plan).SelectMany(ContainerErrors));
    }

    private static IEnumerable<ContainerPlan> All(PodPlan plan) => plan.InitContainers.Concat(plan.Containers);

    /// <summary>Source-generated JSON sets what is absent to null, whatever the record's own default.</summary>
    private static bool HasAllLists(PodPlan plan) =>
        plan is { InitContainers: not null, Containers: not null } && All(plan).All(c =>
            c is { Name: not null, Command: not null, Args: not null, Environment: not null }
            && c.Command.Concat(c.Args).All(a => a is not null)
            && c.Environment.All(v => v is { Name: not null, Value: not null })
            && c.Mounts.All(m => m is { Volume: not null, Path: not null }));

    private static IEnumerable<string> PodErrors(PodPlan plan)
    {
        if (ContainerRuntimes.Find(plan.Runtime) is null)
        {
            yield return $"runtime \"{plan.Runtime}\" is not known; this shim knows {ContainerRuntimes.Known}";
        }

        if (plan.Containers.Count == 0)
        {
            yield return "there are no containers";
        }

        if (plan.TerminationGracePeriodSeconds < 0)
        {
            yield return "terminationGracePeriodSeconds is negative";
        }

        if (plan.ActiveDeadlineSeconds < 0 || plan.TimeLimitSeconds < 0)
        {
            yield return "activeDeadlineSeconds or timeLimitSeconds is negative";
        }
    }

    private static IEnumerable<string> DuplicateNames(PodPlan plan) =>
        All(plan).GroupBy(c => c.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => $"there are {g.Count()} containers named \"{g.Key}\"");

    private static IEnumerable<string> ContainerErrors(ContainerPlan container)
    {
        if (!IsSafeFileName(container.Name))
        {
            yield return $"\"{container.Name}\" is no container name";
        }

        if (container.Command.Concat(container.Args).Any(HasNul))
        {
            yield return $"container \"{container.Name}\": an argument holds a NUL character";
        }

        if (container.WorkingDirectory is { } directory && HasNul(directory))
        {
            yield return $"container \"{container.Name}\": the working directory holds a NUL character";
        }

        if (container.TerminationMessagePath is { } message && HasNul(message))
        {
            yield return $"container \"{container.Name}\": the termination message path holds a NUL character";
        }

        foreach (var variable in container.Environment.Where(v => v.Name.Length == 0 || v.Name.Contains('=') || HasNul(v.Name)))
        {
            yield return $"container \"{container.Name}\": \"{variable.Name}\" is no name of an environment variable";
        }

        foreach (var mount in container.Mounts.Where(m => !IsSafeFileName(m.Volume) || !IsSafePath(m.Path) || !m.Path.StartsWith('/') || !IsSafePath(m.SubPath ?? "")))
        {
            yield return $"container \"{container.Name}\": the mount of volume \"{mount.Volume}\" has an unsafe name or path";
        }

        foreach (var variable in container.Environment.Where(v => HasNul(v.Value)))
        {
            yield return $"container \"{container.Name}\": the value of the environment variable \"{variable.Name}\" holds a NUL character";
        }
    }

    private static bool IsSafeFileName(string name) =>
        name.Length is > 0 and <= MaxName && name is not ("." or "..") && !name.Contains('/') && !name.Any(char.IsControl);

    private static bool IsSafePath(string path) => !HasNul(path) && !path.Split('/').Contains("..");

    private static bool HasNul(string text) => text.Contains('\0');
}
