namespace VirtualKubelet.Configuration.Yaml;

/// <summary>
/// A YAML value with its place. YamlDotNet's own model refuses the second of two equal keys and forgets where the first one stood;
/// this one keeps both, so that they can be reported together with all other errors.
/// </summary>
/// <param name="Position">Where the value starts.</param>
/// <param name="Size">Values in this tree, aliases counted in full.</param>
/// <param name="Height">Levels in this tree; a scalar has one.</param>
internal abstract record Node(Position Position, int Size, int Height);
