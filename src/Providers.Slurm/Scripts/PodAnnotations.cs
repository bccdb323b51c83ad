using System.Globalization;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Providers.Slurm.Scripts;

/// <summary>Reads the annotations under <c>slurm.virtual-kubelet.io/</c> against the site's policy.</summary>
internal sealed class PodAnnotations
{
    private const string Prefix = "slurm.virtual-kubelet.io/";

    private static readonly string[] Known =
        ["account", "constraint", "dependency", "exclusive", "flags", "gres", "licenses", "nodes", "ntasks", "partition", "qos", "reservation", "time-limit"];

    private readonly Dictionary<string, string> _values;

    private PodAnnotations(Dictionary<string, string> values) => _values = values;

    /// <summary>Takes the annotations of a pod.</summary>
    /// <exception cref="ProviderException">An annotation is unknown, not allowed by the site, or ill-formed; all are named.</exception>
    public static PodAnnotations Read(ObjectMeta metadata, AnnotationPolicy policy)
    {
        var values = (metadata.Annotations ?? new Dictionary<string, string>())
            .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[Prefix.Length..], pair => pair.Value, StringComparer.Ordinal);
        var errors = values.Select(pair => Error(pair.Key, pair.Value, policy)).OfType<string>().ToList();
        return errors.Count == 0
            ? new PodAnnotations(values)
            : throw new ProviderException(ProviderErrorKind.Invalid, string.Join("; ", errors));
    }

    /// <summary>The value of an annotation; absent when the pod has none.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Whether the job wants its nodes to itself.</summary>
    public bool Exclusive => this["exclusive"] is "true";

    /// <summary>The time limit.</summary>
    public TimeSpan? TimeLimit => this["time-limit"] is { } text ? SlurmTime.Parse(text) : null;

    /// <summary>A whole number; 1 when the pod has no such annotation.</summary>
    public int Count(string name) => this[name] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 1;

    /// <summary>The flags, one word each.</summary>
    public IReadOnlyList<string> Flags => Words(this["flags"] ?? "");

    private static string? Error(string name, string value, AnnotationPolicy policy)
    {
        var annotation = Prefix + name;
        if (!Known.Contains(name))
        {
            return $"annotation {annotation} is not known; known are {string.Join(", ", Known)}";
        }

        if (name == "flags")
        {
            return FlagsError(annotation, value, policy);
        }

        if (!policy.Allowed.TryGetValue(name, out var allowed))
        {
            return $"annotation {annotation} is not allowed on this node (spec.slurm.allowedAnnotations)";
        }

        if (allowed.Count > 0 && !allowed.Contains(value))
        {
            return $"annotation {annotation}: \"{value}\" is not allowed on this node; allowed are {string.Join(", ", allowed)}";
        }

        return FormError(annotation, name, value);
    }

    private static string? FormError(string annotation, string name, string value) => name switch
    {
        "exclusive" => value is "true" or "false" ? null : $"annotation {annotation} must be \"true\" or \"false\"",
        "nodes" or "ntasks" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? null
            : $"annotation {annotation}: \"{value}\" is not a whole number above zero",
        "time-limit" => SlurmTime.TryParse(value, out _) ? null : $"annotation {annotation}: \"{value}\" is no time limit; write for example 90m, 2h or Slurm's 1-12:00:00",
        _ => SbatchValue.IsSafe(value) ? null : $"annotation {annotation} holds a character that no sbatch option may have",
    };

    private static string? FlagsError(string annotation, string value, AnnotationPolicy policy)
    {
        foreach (var flag in Words(value))
        {
            var name = flag.Split('=', 2)[0];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !policy.AllowedFlags.Contains(name))
            {
                return $"annotation {annotation}: \"{flag}\" is not allowed on this node (spec.slurm.allowedFlags); long options only, as --option=value";
            }

            if (!SbatchValue.IsSafe(flag))
            {
                return $"annotation {annotation}: \"{name}\" has a value with a character that no sbatch option may have";
            }
        }

        return null;
    }

    private static string[] Words(string text) => text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
