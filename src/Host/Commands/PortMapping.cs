using System.CommandLine.Parsing;
using System.Globalization;

namespace VirtualKubelet.Host.Commands;

/// <summary>A local port and the pod's port it leads to, as on the command line: <c>[LOCAL:]REMOTE</c>.</summary>
/// <param name="Local">0 for any free one.</param>
/// <param name="Remote">1 to 65535.</param>
internal sealed record PortMapping(int Local, int Remote)
{
    /// <summary>Reads the arguments.</summary>
    public static PortMapping[]? Parse(ArgumentResult result)
    {
        var mappings = new List<PortMapping>();
        foreach (var token in result.Tokens)
        {
            if (Parse(token.Value) is { } mapping)
            {
                mappings.Add(mapping);
            }
            else
            {
                result.AddError($"\"{token.Value}\" is no port mapping: write 8080, 8080:80, or :80 for any free local port");
            }
        }

        return [.. mappings];
    }

    private static PortMapping? Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 2 || !TryPort(parts[^1], out var remote) || remote == 0)
        {
            return null;
        }

        return parts switch
        {
            [_] => new PortMapping(remote, remote),
            ["", _] => new PortMapping(0, remote),
            _ => TryPort(parts[0], out var local) ? new PortMapping(local, remote) : null,
        };
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;
}
