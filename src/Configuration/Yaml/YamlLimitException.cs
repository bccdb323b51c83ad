namespace VirtualKubelet.Configuration.Yaml;

/// <summary>YAML that is well-formed but that a configuration file has no use for; nothing after it is read.</summary>
internal sealed class YamlLimitException(Position position, string message) : Exception(message)
{
    public Position Position { get; } = position;
}
