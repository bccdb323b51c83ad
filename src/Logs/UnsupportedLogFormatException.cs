using System.Text;

namespace VirtualKubelet.Logs;

/// <summary>The first line read is neither a CRI record nor a Docker JSON line; the message is the kubelet's.</summary>
public sealed class UnsupportedLogFormatException : FormatException
{
    private const int MaxQuotedBytes = 1024;

    internal UnsupportedLogFormatException(ReadOnlySpan<byte> line)
        : base($"unsupported log format: {Quote(line)}")
    {
    }

    /// <summary>As Go's <c>%q</c> for ordinary text, shortened to a bounded length.</summary>
    private static string Quote(ReadOnlySpan<byte> line)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaxQuotedBytes)]))
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) => quoted.Append($"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
