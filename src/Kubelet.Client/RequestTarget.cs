using System.Text;

namespace VirtualKubelet.Kubelet.Client;

/// <summary>Path and query of a request; whatever it is made of is escaped.</summary>
internal static class RequestTarget
{
    /// <summary>Joins segments and parameters; those without a value are left out.</summary>
    public static string Of(string verb, IEnumerable<string?> segments, params IEnumerable<(string Key, string? Value)> parameters)
    {
        var text = new StringBuilder("/").Append(verb);
        foreach (var segment in segments)
        {
            if (segment is not null)
            {
                text.Append('/').Append(Uri.EscapeDataString(segment));
            }
        }

        var separator = '?';
        foreach (var (key, value) in parameters)
        {
            if (value is not null)
            {
                text.Append(separator).Append(key).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return text.ToString();
    }

    /// <summary>What exec and attach send for a stream that is wanted: anything but <c>1</c> means no.</summary>
    public static string? Flag(bool isWanted) => isWanted ? "1" : null;
}
