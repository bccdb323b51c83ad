namespace VirtualKubelet.Kubernetes;

/// <summary>One environment variable (core/v1 <c>EnvVar</c>).</summary>
public sealed record EnvVar
{
    /// <summary>The name.</summary>
    public string? Name { get; init; }

    /// <summary>The value; may refer to earlier variables as <c>$(NAME)</c>.</summary>
    public string? Value { get; init; }

    /// <summary>Where the value comes from instead.</summary>
    public EnvVarSource? ValueFrom { get; init; }

    /// <summary>Names the variable only, so that no value slips into a log.</summary>
    public override string ToString() => Name ?? "";
}
