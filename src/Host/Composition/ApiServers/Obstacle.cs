namespace VirtualKubelet.Host.Composition.ApiServers;

/// <summary>What keeps an agent from acting for its node.</summary>
/// <param name="Words">What it is.</param>
/// <param name="Advice">The way out.</param>
/// <param name="IsForeign">Whether the node is somebody else's.</param>
internal sealed record Obstacle(string Words, string Advice, bool IsForeign = false);
