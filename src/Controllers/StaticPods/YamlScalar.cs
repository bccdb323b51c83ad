using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>
/// What a plain YAML scalar means, by the rules kubectl and a kubelet apply (YAML 1.1 as in go-yaml): <c>yes</c> is true, <c>0644</c> is octal,
/// and a time stays text.
/// </summary>
internal static class YamlScalar
{
    /// <summary>The value of a plain scalar.</summary>
    public static ManifestNode Resolve(string text, int line) => Json(text) is { } json
        ? new ManifestNode.Literal(line, json)
        : new ManifestNode.Text(line, ManifestBuilder.Checked(text, line));

    private static string? Json(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => "null",
        "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "true" or "True" or "TRUE" => "true",
        "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "false" or "False" or "FALSE" => "false",
        _ when char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.' => Number(text),
        _ => null,
    };

    private static string? Number(string text)
    {
        // go-yaml ignores underscores in numbers, but "_1" and "1_" are numbers to nobody.
        var plain = text.Contains('_', StringComparison.Ordinal) && char.IsAsciiDigit(text[^1]) ? text.Replace("_", "", StringComparison.Ordinal) : text;
        return Integer(plain) ?? Float(plain);
    }

    private static string? Integer(string text)
    {
        var negative = text[0] == '-';
        var digits = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        ulong value;
        var isInteger = digits switch
        {
            ['0', 'x' or 'X', .. var hex] => ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value),
            ['0', 'b' or 'B', .. var binary] => ulong.TryParse(binary, NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out value),
            ['0', 'o', .. var octal] => TryParseOctal(octal, out value),
            ['0', .. { Length: > 0 } octal] => TryParseOctal(octal, out value),
            _ => ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value),
        };
        return !isInteger ? null
            : negative ? (-(BigInteger)value).ToString(CultureInfo.InvariantCulture)
            : value.ToString(CultureInfo.InvariantCulture);
    }

    private static bool TryParseOctal(ReadOnlySpan<char> digits, out ulong value)
    {
        value = 0;
        if (digits.IsEmpty || digits.Length > 21)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    // The text itself is kept where it is JSON already, so that a quantity such as 1.50 or 1e3 is read as it was written.
    private static string? Float(string text)
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, style, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            return null;
        }

        return IsJson(text) ? text : value.ToString("R", CultureInfo.InvariantCulture);
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
