using System.Globalization;
using System.Text;

namespace VirtualKubelet.Kubelet.Server.Errors;

/// <summary>Text as Go's <c>fmt</c> prints it, for bodies that are compared byte by byte.</summary>
internal static class GoText
{
    /// <summary><c>%q</c>: in double quotes, with quotes, backslashes and control characters escaped.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\x7f' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
