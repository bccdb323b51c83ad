using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>
/// Parts of volumes that are named by variables, as kubelet's <c>ExpandContainerVolumeMounts</c> names them: unlike in an argument, a variable without a value is
/// an error.
/// </summary>
internal static class SubPaths
{
    private const int MaxLength = 4096;

    /// <summary>The mounts with every <c>subPathExpr</c> made a <c>subPath</c>; what cannot be is added to the errors.</summary>
    public static IReadOnlyList<VolumeMount>? Resolve(
        IReadOnlyList<VolumeMount>? mounts, FieldPath path, IReadOnlyDictionary<string, string> variables, List<FieldError> errors) =>
        mounts?.Select((mount, i) => Resolve(mount, path.Item(i).Member("subPathExpr"), variables, errors)).ToList();

    private static VolumeMount Resolve(VolumeMount mount, FieldPath path, IReadOnlyDictionary<string, string> variables, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(mount.SubPathExpr))
        {
            return mount with { SubPathExpr = null };
        }

        var (expanded, error) = Expand(mount.SubPathExpr, variables);
        if ((error ?? VolumeRules.SubPath(expanded)) is { } message)
        {
            errors.Add(new FieldError(path.Text, message));
        }

        return mount with { SubPath = expanded, SubPathExpr = null };
    }

    private static (string Expanded, string? Error) Expand(string text, IReadOnlyDictionary<string, string> variables)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        string Value(string name)
        {
            var value = variables.GetValueOrDefault(name, "");
            _ = value.Length == 0 && missing.Add(name);
            return value;
        }

        try
        {
            var expanded = VariableExpansion.Expand(text, Value, MaxLength);
            return (expanded, missing.Count == 0 ? null : $"failed to prepare subPath: missing value for {Shown.Plain(string.Join(", ", missing))}");
        }
        catch (ExpansionTooLongException exception)
        {
            return ("", exception.Message);
        }
    }
}
