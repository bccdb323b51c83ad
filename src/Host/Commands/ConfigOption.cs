using System.CommandLine;
using VirtualKubelet.Configuration;

namespace VirtualKubelet.Host.Commands;

/// <summary>The <c>--config</c> option of the commands that need a node.</summary>
internal static class ConfigOption
{
    public static Option<string> Create() => new("--config")
    {
        Description = "The node YAML (deploy/node.yaml is the commented reference).",
        HelpName = "FILE",
        Required = true,
    };

    /// <summary>The one node a file declares; null after its errors were printed.</summary>
    public static NodeConfiguration? Load(string file, TextWriter errors)
    {
        if (LoadAll(file, errors) is not { } nodes)
        {
            return null;
        }

        if (nodes.Count == 1)
        {
            return nodes[0];
        }

        errors.WriteLine($"{file}: the file declares {nodes.Count} nodes, this command works on one");
        return null;
    }

    /// <summary>The nodes a file declares, one or more; null after its errors were printed.</summary>
    public static IReadOnlyList<NodeConfiguration>? LoadAll(string file, TextWriter errors)
    {
        var result = NodeConfigurationFile.Load(file);
        foreach (var error in result.Errors)
        {
            errors.WriteLine(error);
        }

        return result.Errors.Count > 0 ? null : result.Nodes;
    }
}
