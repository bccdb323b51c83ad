namespace VirtualKubelet.Configuration.Yaml;

/// <summary>A text and what YAML takes it for.</summary>
internal sealed record ScalarNode(Position Position, string Text, ScalarKind Kind) : Node(Position, Size: 1, Height: 1);
