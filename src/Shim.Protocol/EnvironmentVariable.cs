namespace VirtualKubelet.Shim.Protocol;

/// <summary>One environment variable; the value reaches the process byte for byte.</summary>
/// <param name="Name">A name without <c>=</c> and NUL.</param>
/// <param name="Value">Any text without NUL.</param>
public sealed record EnvironmentVariable(string Name, string Value)
{
    /// <summary>Names the variable only, so that no value slips into a log.</summary>
    public override string ToString() => Name;
}
