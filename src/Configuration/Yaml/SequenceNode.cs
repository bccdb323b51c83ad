namespace VirtualKubelet.Configuration.Yaml;

/// <summary>A list.</summary>
internal sealed record SequenceNode(Position Position, IReadOnlyList<Node> Items)
    : Node(Position, 1 + Items.Sum(i => i.Size), 1 + Items.Select(i => i.Height).DefaultIfEmpty().Max());
