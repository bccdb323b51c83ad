namespace VirtualKubelet.Configuration;

/// <summary>What a file declares, or everything that is wrong with it.</summary>
/// <param name="Nodes">One per document, in the file's order; empty when there are errors, so that nobody runs on half a configuration.</param>
/// <param name="Errors">All errors, in the file's order.</param>
public sealed record NodeConfigurationResult(IReadOnlyList<NodeConfiguration> Nodes, IReadOnlyList<ConfigurationError> Errors);
