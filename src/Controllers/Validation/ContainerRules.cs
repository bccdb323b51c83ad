using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Validation;

/// <summary>Rules of containers; names are unique over the whole pod, because logs and exec address a container by its name only.</summary>
internal sealed class ContainerRules(IReadOnlySet<string> volumes, FieldErrors errors)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Checks the containers of a pod.</summary>
    public void Check(PodSpec spec, FieldPath path)
    {
        CheckAll(spec.InitContainers, path.Member("initContainers"), "Always");
        CheckAll(spec.Containers, path.Member("containers"), null);
        CheckAll(spec.EphemeralContainers, path.Member("ephemeralContainers"), null);
    }

    private void CheckAll(IReadOnlyList<Container>? containers, FieldPath path, string? restartPolicy)
    {
        foreach (var (at, container) in errors.Items(path, containers))
        {
            errors.Require(at.Member("name"), container.Name, NameRules.Label);
            errors.Add(at.Member("name"), container.Name is { Length: > 0 } name && !_names.Add(name) ? $"{Shown.Quoted(name)} is given to two containers" : null);
            errors.Require(at.Member("image"), container.Image, Image);
            errors.Check(at.Member("workingDir"), container.WorkingDir, TextRules.Line);
            errors.Add(at.Member("restartPolicy"), container.RestartPolicy is null || container.RestartPolicy == restartPolicy
                ? null
                : "is allowed for init containers only, and only as Always");
            CheckStrings(container, at);
            CheckEnvironment(container.Env, at.Member("env"));
            ResourceRules.Check(container.Resources, at.Member("resources"), errors);
            VolumeRules.CheckMounts(container.VolumeMounts, volumes, at.Member("volumeMounts"), errors);
        }
    }

    private void CheckStrings(Container container, FieldPath at)
    {
        // Walking the items is the check: null ones are noted.
        _ = errors.Items(at.Member("command"), container.Command).Count();
        _ = errors.Items(at.Member("args"), container.Args).Count();
    }

    private void CheckEnvironment(IReadOnlyList<EnvVar>? variables, FieldPath path)
    {
        foreach (var (at, variable) in errors.Items(path, variables))
        {
            errors.Require(at.Member("name"), variable.Name, NameRules.Environment);
            if (variable.ValueFrom is { } source)
            {
                var sources = (source.FieldRef is null ? 0 : 1) + (source.ResourceFieldRef is null ? 0 : 1) + (source.Other?.Count ?? 0);
                errors.Add(at.Member("valueFrom"), sources == 1 ? null : "needs exactly one source");
                errors.Add(at, string.IsNullOrEmpty(variable.Value) ? null : "has both a value and a source");
            }
        }
    }

    private static string? Image(string image) =>
        image.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? $"{Shown.Quoted(image)} may not contain blanks or control characters" : null;
}
