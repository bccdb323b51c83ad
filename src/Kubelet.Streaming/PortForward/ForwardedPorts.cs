using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>The <c>port</c> query of a WebSocket port-forward.</summary>
public static class ForwardedPorts
{
    /// <summary>Two channels a port, and a channel is one byte.</summary>
    public const int MaxPorts = 128;

    /// <summary>Reads ports in their order, duplicates kept; an error is the body of the kubelet's 400.</summary>
    /// <param name="values">The values of <c>port</c>, each one port or several with commas.</param>
    /// <param name="ports">The ports.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryParse(
        IReadOnlyList<string?> values, [NotNullWhen(true)] out IReadOnlyList<int>? ports, [NotNullWhen(false)] out string? error)
    {
        var parsed = new List<int>();
        (ports, error) = (null, values.Count == 0 ? """query parameter "port" is required""" : null);
        foreach (var value in values)
        {
            error ??= Parse(value, parsed);
        }

        if (error is null && parsed.Count > MaxPorts)
        {
            error = $"too many ports: {parsed.Count}, at most {MaxPorts}";
        }

        ports = error is null ? parsed : null;
        return error is null;
    }

    /// <summary>One port, 1 to 65535, as Go would read it.</summary>
    internal static bool TryParsePort(string? text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= ushort.MaxValue;

    private static string? Parse(string? value, List<int> ports)
    {
        if (string.IsNullOrEmpty(value))
        {
            return """query parameter "port" cannot be empty""";
        }

        foreach (var text in value.Split(','))
        {
            if (TryParsePort(text, out var port))
            {
                ports.Add(port);
            }
            else if (text.Length > 0 && text.All(char.IsAsciiDigit))
            {
                return text.All(c => c == '0')
                    ? $"port \"{value}\" must be > 0"
                    : $"unable to parse \"{value}\" as a port: strconv.ParseUint: parsing \"{text}\": value out of range";
            }
            else
            {
                return $"unable to parse \"{value}\" as a port: strconv.ParseUint: parsing \"{text}\": invalid syntax";
            }
        }

        return null;
    }
}
