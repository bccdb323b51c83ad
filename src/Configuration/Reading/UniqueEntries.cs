using System.Globalization;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>A mapping without its repetitions, each of which is reported.</summary>
internal static class UniqueEntries
{
    public static IEnumerable<MappingEntry> Of(MappingNode mapping, Func<string, Location> locate)
    {
        var seen = new Dictionary<string, Position>(StringComparer.Ordinal);
        foreach (var entry in mapping.Entries)
        {
            if (seen.TryAdd(entry.Key, entry.KeyPosition))
            {
                yield return entry;
            }
            else
            {
                var first = seen[entry.Key].Line;
                locate(Words.Shorten(entry.Key)).Fail(entry.KeyPosition, string.Create(CultureInfo.InvariantCulture, $"is given twice; the first one is on line {first}"));
            }
        }
    }
}
