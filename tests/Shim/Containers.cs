using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Tests;

internal static class Containers
{
    /// <summary>A container that runs a shell script.</summary>
    public static ContainerPlan Shell(string name, string script, params (string Name, string Value)[] environment) => new()
    {
        Name = name,
        Command = ["/bin/sh", "-c"],
        Args = [script],
        Environment = [.. environment.Select(e => new EnvironmentVariable(e.Name, e.Value))],
    };
}
