namespace VirtualKubelet.Configuration.Yaml;

/// <summary>Keys and values in the file's order; a key may stand here more than once.</summary>
internal sealed record MappingNode(Position Position, IReadOnlyList<MappingEntry> Entries)
    : Node(Position, 1 + Entries.Sum(e => e.Value.Size), 1 + Entries.Select(e => e.Value.Height).DefaultIfEmpty().Max());
