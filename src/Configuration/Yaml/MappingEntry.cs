namespace VirtualKubelet.Configuration.Yaml;

/// <summary>One key of a mapping.</summary>
internal readonly record struct MappingEntry(string Key, Position KeyPosition, Node Value);
