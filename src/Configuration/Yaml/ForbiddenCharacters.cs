using System.Globalization;

namespace VirtualKubelet.Configuration.Yaml;

/// <summary>Characters that YAML allows nowhere, not even in quotes (<see href="https://yaml.org/spec/1.2.2/#51-character-set"/>).</summary>
internal static class ForbiddenCharacters
{
    public static (string Problem, Position Position)? Find(string text)
    {
        var line = 1;
        var lineStart = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
            else if (IsSurrogatePair(text, i))
            {
                i++;
            }
            else if (!IsPrintable(text[i]))
            {
                var problem = string.Create(CultureInfo.InvariantCulture, $"the character U+{(int)text[i]:X4} is not allowed in YAML");
                return (problem, new Position(line, i - lineStart + 1));
            }
        }

        return null;
    }

    private static bool IsSurrogatePair(string text, int index) =>
        index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]);

    private static bool IsPrintable(char c) =>
        c is '\t' or '\n' or '\r' or '\u0085' or (>= ' ' and <= '~') or (>= '\u00A0' and <= '\uD7FF') or (>= '\uE000' and <= '\uFFFD' and not '\uFEFF');
}
