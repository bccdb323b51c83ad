using System.Buffers;
using System.Text;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Volumes;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>
/// What must hold of a workload before any of it becomes a path, a line of a script or an argument. Whoever calls the
/// provider validates too; the provider trusts nobody with file names.
/// </summary>
internal static class WorkloadRules
{
    /// <summary>DNS names end here.</summary>
    private const int MaxName = 253;

    /// <summary>File systems end here.</summary>
    private const int MaxFileName = 255;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Everything that is wrong with a workload, in words.</summary>
    public static IEnumerable<string> Errors(Workload workload) =>
        IdentityErrors(workload.Id)
            .Concat(PodErrors(workload.Pod.Spec))
            .Concat(DuplicateNames(workload.Pod.Spec))
            .Concat(workload.Pod.Spec.AllContainers.SelectMany(ContainerErrors))
            .Concat(VolumeRules.NameErrors(workload.Pod.Spec))
            .Concat(VolumeRules.FileErrors(workload.Volumes))
            .Concat(workload.Pod.Spec.AllContainers.SelectMany(c => VolumeRules.MountErrors(c, workload)));

    /// <summary>Name of a workload's directory.</summary>
    public static string DirectoryName(WorkloadId id) => $"{id.Namespace}_{id.Name}_{id.Uid}";

    private static IEnumerable<string> IdentityErrors(WorkloadId id)
    {
        foreach (var (what, value) in ((string, string)[])[("namespace", id.Namespace), ("name", id.Name), ("UID", id.Uid)])
        {
            if (!IsName(value))
            {
                yield return $"the pod's {what} must be 1 to {MaxName} letters, digits, dots and hyphens";
            }
        }

        if (DirectoryName(id).Length > MaxFileName)
        {
            yield return $"the pod's namespace, name and UID together are longer than {MaxFileName - 2} characters, which no directory name holds";
        }
    }

    private static IEnumerable<string> PodErrors(PodSpec spec)
    {
        if (spec.Containers is not { Count: > 0 })
        {
            yield return "the pod has no containers";
        }

        if (spec.RestartPolicy is { } policy && !Enum.GetNames<RestartPolicy>().Contains(policy))
        {
            yield return $"restartPolicy must be one of {string.Join(", ", Enum.GetNames<RestartPolicy>())}";
        }

        if (spec.ActiveDeadlineSeconds < 1)
        {
            yield return "activeDeadlineSeconds must be 1 or more";
        }
    }

    private static IEnumerable<string> DuplicateNames(PodSpec spec) =>
        spec.AllContainers.GroupBy(c => c.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => $"there are {g.Count()} containers named \"{g.Key}\"");

    private static IEnumerable<string> ContainerErrors(Container container)
    {
        if (!IsName(container.Name) || container.Name is "." or "..")
        {
            yield return $"a container's name must be 1 to {MaxName} letters, digits, dots and hyphens";
        }

        if (!(container.Command ?? []).Concat(container.Args ?? []).Append(container.WorkingDir ?? "").Append(container.Image ?? "").All(IsText))
        {
            yield return $"container \"{container.Name}\": image, command, arguments and working directory must be text without NUL characters";
        }

        if (!IsText(container.TerminationMessagePath ?? ""))
        {
            yield return $"container \"{container.Name}\": terminationMessagePath must be text without NUL characters";
        }

        if (container.TerminationMessagePolicy is { } policy && !Enum.GetNames<TerminationMessagePolicy>().Contains(policy))
        {
            yield return $"container \"{container.Name}\": terminationMessagePolicy must be one of {string.Join(", ", Enum.GetNames<TerminationMessagePolicy>())}";
        }

        foreach (var variable in container.Env ?? [])
        {
            if (!IsText(variable.Name) || variable.Name is "" || variable.Name!.Contains('=', StringComparison.Ordinal))
            {
                yield return $"container \"{container.Name}\": the name of an environment variable must be text without = and NUL characters";
            }
            else if (!IsText(variable.Value ?? ""))
            {
                yield return $"container \"{container.Name}\": the value of {variable.Name} must be text without NUL characters";
            }
        }
    }

    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxName } && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    // Half a surrogate pair has no bytes that a process could be given.
    private static bool IsText(string? text)
    {
        try
        {
            return text is not null && !text.Contains('\0', StringComparison.Ordinal) && StrictUtf8.GetByteCount(text) >= 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
