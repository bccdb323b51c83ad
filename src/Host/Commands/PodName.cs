using System.CommandLine.Parsing;

namespace VirtualKubelet.Host.Commands;

/// <summary>A pod as it is named on the command line: <c>NAMESPACE/POD</c>, or <c>POD</c> in the namespace <c>default</c>.</summary>
internal sealed record PodName(string Namespace, string Name)
{
    /// <summary>Reads the argument.</summary>
    public static PodName? Parse(ArgumentResult result)
    {
        var parts = result.Tokens.Single().Value.Split('/');
        if (parts.Length <= 2 && Array.TrueForAll(parts, p => p.Length > 0))
        {
            return parts.Length == 2 ? new PodName(parts[0], parts[1]) : new PodName("default", parts[0]);
        }

        result.AddError("name the pod as NAMESPACE/POD");
        return null;
    }
}
