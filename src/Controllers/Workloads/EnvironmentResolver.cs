using System.Text;
using System.Text.Json;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>
/// The environment of one container, as kubelet's <c>makeEnvironmentVariables</c> makes it: in order, a value may refer to variables
/// before it, values from elsewhere are taken literally, and of two variables of one name the last one wins.
/// </summary>
internal sealed class EnvironmentResolver(Pod pod, WorkloadContext context, List<FieldError> errors)
{
    /// <summary>Linux passes at most 128 KiB in one argument or variable, name, '=' and NUL included (MAX_ARG_STRLEN).</summary>
    public const int MaxStringBytes = 128 * 1024;

    private const int MaxEnvironmentBytes = 2 * 1024 * 1024;

    /// <summary>The variables and their values; what cannot be resolved is added to the errors.</summary>
    public IReadOnlyDictionary<string, string> Resolve(Container container, FieldPath path, List<EnvVar> resolved)
    {
        RefuseEnvFrom(container, path.Member("envFrom"));
        var values = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        var variables = container.Env ?? [];
        for (var i = 0; i < variables.Count; i++)
        {
            var at = path.Member("env").Item(i);
            if (Value(variables[i], container, values, at) is { } value && Fits(variables[i].Name!, value, at))
            {
                values[variables[i].Name!] = value;
            }
        }

        resolved.AddRange(values.Select(v => new EnvVar { Name = v.Key, Value = v.Value }));
        if (values.Sum(v => (long)v.Key.Length + Encoding.UTF8.GetByteCount(v.Value)) > MaxEnvironmentBytes)
        {
            errors.Add(new FieldError(path.Member("env").Text, $"holds more than {MaxEnvironmentBytes} bytes in all"));
        }

        return values;
    }

    private string? Value(EnvVar variable, Container container, IReadOnlyDictionary<string, string> values, FieldPath at)
    {
        // Kubernetes looks at the source only when the value is empty.
        if (!string.IsNullOrEmpty(variable.Value) || variable.ValueFrom is not { } source)
        {
            return Expand(variable.Value ?? "", values, at.Member("value"));
        }

        var from = at.Member("valueFrom");
        return source switch
        {
            { FieldRef: { } field } => Field(field, from.Member("fieldRef")),
            { ResourceFieldRef: { } resource } => Resource(resource, container, from.Member("resourceFieldRef")),
            _ => External(source.Other, from),
        };
    }

    private string? Expand(string text, IReadOnlyDictionary<string, string> values, FieldPath at)
    {
        try
        {
            return VariableExpansion.Expand(text, values, MaxStringBytes);
        }
        catch (ExpansionTooLongException exception)
        {
            errors.Add(new FieldError(at.Text, exception.Message));
            return null;
        }
    }

    private string? Field(ObjectFieldSelector field, FieldPath at)
    {
        var value = field.ApiVersion is null or "" or "v1" ? FieldReference.Resolve(field.FieldPath ?? "", pod, context) : null;
        if (value is null)
        {
            errors.Add(new FieldError(at.Member("fieldPath").Text, $"{Shown.Quoted(field.FieldPath)} is not a v1 field that a variable can have"));
        }

        return value;
    }

    private string? Resource(ResourceFieldSelector resource, Container container, FieldPath at)
    {
        var (value, error) = ResourceReference.Resolve(resource, container, pod, context);
        if (error is not null)
        {
            errors.Add(new FieldError(at.Text, error));
        }

        return value;
    }

    // Null without an error leaves the variable out, as a kubelet does for an optional key that is not there.
    private string? External(IDictionary<string, JsonElement>? source, FieldPath at)
    {
        foreach (var (kind, selector) in source ?? new Dictionary<string, JsonElement>())
        {
            if (kind is not ("configMapKeyRef" or "secretKeyRef"))
            {
                errors.Add(new FieldError(at.Text, $"{Shown.Quoted(kind)} is not a source that this node knows"));
            }
            else if (!IsOptional(selector))
            {
                errors.Add(new FieldError(at.Member(kind).Text, "cannot be resolved without an API server; give the value itself, or mark it optional"));
            }
        }

        return null;
    }

    private void RefuseEnvFrom(Container container, FieldPath path)
    {
        for (var i = 0; i < (container.EnvFrom?.Count ?? 0); i++)
        {
            var source = container.EnvFrom![i];
            var isOptional = source.ValueKind == JsonValueKind.Object
                && source.EnumerateObject().Where(m => m.Name is "configMapRef" or "secretRef").Select(m => m.Value).ToList() is { Count: 1 } references
                && IsOptional(references[0]);
            if (!isOptional)
            {
                errors.Add(new FieldError(path.Item(i).Text, "cannot be resolved without an API server; give the variables themselves, or mark it optional"));
            }
        }
    }

    private static bool IsOptional(JsonElement selector) =>
        selector.ValueKind == JsonValueKind.Object && selector.TryGetProperty("optional", out var optional) && optional.ValueKind == JsonValueKind.True;

    private bool Fits(string name, string value, FieldPath at)
    {
        if (Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) + 2 <= MaxStringBytes)
        {
            return true;
        }

        errors.Add(new FieldError(at.Text, $"is too long; Linux passes at most {MaxStringBytes} bytes in one variable"));
        return false;
    }
}
