using System.Text;
using System.Text.Json;
using VirtualKubelet.Controllers.Validation;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.Workloads;

/// <summary>
/// The environment of one container, as kubelet's <c>makeEnvironmentVariables</c> makes it: in order, a value may refer to variables
/// before it, values from elsewhere are taken literally, and of two variables of one name the last one wins. Variables for the cluster's services
/// are not made: jobs do not reach the service network.
/// </summary>
internal sealed class EnvironmentResolver(Pod pod, WorkloadContext context, ResolutionNotes notes)
{
    /// <summary>Linux passes at most 128 KiB in one argument or variable, name, '=' and NUL included (MAX_ARG_STRLEN).</summary>
    public const int MaxStringBytes = 128 * 1024;

    private const int MaxEnvironmentBytes = 2 * 1024 * 1024;

    /// <summary>The variables and their values; what cannot be resolved is added to the errors.</summary>
    public IReadOnlyDictionary<string, string> Resolve(Container container, FieldPath path, List<EnvVar> resolved)
    {
        var values = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        var sources = container.EnvFrom ?? [];
        for (var i = 0; i < sources.Count; i++)
        {
            AddAll(sources[i], container, values, path.Member("envFrom").Item(i));
        }

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
            notes.Errors.Add(new FieldError(path.Member("env").Text, $"holds more than {MaxEnvironmentBytes} bytes in all"));
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
            _ => External(source.Other, container, from),
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
            notes.Errors.Add(new FieldError(at.Text, exception.Message));
            return null;
        }
    }

    private string? Field(ObjectFieldSelector field, FieldPath at)
    {
        var value = field.ApiVersion is null or "" or "v1" ? FieldReference.Resolve(field.FieldPath ?? "", pod, context) : null;
        if (value is null)
        {
            notes.Errors.Add(new FieldError(at.Member("fieldPath").Text, $"{Shown.Quoted(field.FieldPath)} is not a v1 field that a variable can have"));
        }

        return value;
    }

    private string? Resource(ResourceFieldSelector resource, Container container, FieldPath at)
    {
        var (value, error) = ResourceReference.Resolve(resource, container, pod, context);
        if (error is not null)
        {
            notes.Errors.Add(new FieldError(at.Text, error));
        }

        return value;
    }

    // Null without an error leaves the variable out, as a kubelet does for an optional key that is not there.
    private string? External(IDictionary<string, JsonElement>? source, Container container, FieldPath at)
    {
        foreach (var (kind, element) in source ?? new Dictionary<string, JsonElement>())
        {
            if (kind is not ("configMapKeyRef" or "secretKeyRef"))
            {
                notes.Errors.Add(new FieldError(at.Text, $"{Shown.Quoted(kind)} is not a source that this node knows"));
            }
            else if (ConfigSelector.OfVariable(kind, element) is not { Key.Length: > 0 } selector)
            {
                notes.Errors.Add(new FieldError(at.Member(kind).Text, "names no object, or no key"));
            }
            else if (Find(selector, container, at.Member(kind), "give the value itself") is { } found)
            {
                return Value(found, selector, container, at.Member(kind));
            }
        }

        return null;
    }

    private string? Value(ConfigObject found, ConfigSelector selector, Container container, FieldPath at)
    {
        if (found.TryGetText(selector.Key, out var value))
        {
            if (value is null)
            {
                notes.Errors.Add(new FieldError(at.Text, $"key {Shown.Quoted(selector.Key)} of {selector.Reference} holds bytes that are no UTF-8 text"));
            }

            return value;
        }

        if (!selector.IsOptional)
        {
            notes.Miss(container.Name!, $"couldn't find key {selector.Key} in {selector.Reference.Kind} {pod.Metadata.Namespace}/{selector.Reference.Name}");
        }

        return null;
    }

    private void AddAll(JsonElement source, Container container, OrderedDictionary<string, string> values, FieldPath at)
    {
        if (ConfigSelector.OfSource(source) is not { } selector)
        {
            notes.Errors.Add(new FieldError(at.Text, "names neither a ConfigMap nor a Secret"));
            return;
        }

        if (Find(selector, container, at, "give the variables themselves") is not { } found)
        {
            return;
        }

        var prefix = source.TryGetProperty("prefix", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : "";
        var invalid = new List<string>();
        foreach (var key in found.VariableKeys)
        {
            var name = prefix + key;
            found.TryGetText(key, out var value);
            if (value is null || NameRules.Environment(name) is not null)
            {
                invalid.Add(name);
            }
            else if (Fits(name, value, at))
            {
                values[name] = value;
            }
        }

        if (invalid.Count > 0)
        {
            notes.Skipped.Add(new ContainerNote(container.Name!, Skipped(invalid, selector.Reference)));
        }
    }

    private string Skipped(List<string> keys, ConfigReference reference)
    {
        var kind = reference.Kind == ConfigKind.Secret ? "secret" : "configMap";
        return $"Keys [{string.Join(", ", keys)}] from the EnvFrom {kind} {pod.Metadata.Namespace}/{reference.Name} were skipped since they are considered invalid environment variable names.";
    }

    // Null when it is not there; what that means has been noted.
    private ConfigObject? Find(ConfigSelector selector, Container container, FieldPath at, string wayOut)
    {
        if (context.IsUpdate)
        {
            return null;
        }

        if (context.Objects is not { } objects)
        {
            if (!selector.IsOptional)
            {
                notes.Errors.Add(new FieldError(at.Text, $"cannot be resolved without an API server; {wayOut}, or mark it optional"));
            }

            return null;
        }

        var found = objects[selector.Reference];
        if (!found.IsKnown)
        {
            Await(selector.Reference, found, container);
        }
        else if (!found.IsFound && !selector.IsOptional)
        {
            notes.Miss(container.Name!, $"{selector.Reference} not found");
        }

        return found.IsFound ? found : null;
    }

    private void Await(ConfigReference reference, ConfigObject unknown, Container container)
    {
        notes.HasUnknown = true;
        if (unknown.Problem is { } problem)
        {
            notes.Miss(container.Name!, $"{reference} cannot be read: {problem}");
        }
    }

    private bool Fits(string name, string value, FieldPath at)
    {
        if (Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) + 2 <= MaxStringBytes)
        {
            return true;
        }

        notes.Errors.Add(new FieldError(at.Text, $"is too long; Linux passes at most {MaxStringBytes} bytes in one variable"));
        return false;
    }
}
