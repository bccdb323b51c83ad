using System.Text.RegularExpressions;

namespace VirtualKubelet.Configuration.Yaml;

/// <summary>Tells what an unquoted text is in YAML 1.2's core schema.</summary>
internal static partial class ScalarKinds
{
    public static ScalarKind Of(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarKind.Boolean,
        _ => Number().IsMatch(text) ? ScalarKind.Number : ScalarKind.Text,
    };

    [GeneratedRegex(@"\A(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
