using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Agents;

/// <summary>What differs between the agents of the tests; the rest is alike.</summary>
internal sealed record AgentOptions
{
    public string? Partition { get; init; }

    public string? WorkDirectory { get; init; }

    public string ShimPath { get; init; } = Binaries.Shim;

    public string PollInterval { get; init; } = "300ms";

    public string LostJobGrace { get; init; } = "3s";

    public string CommandTimeout { get; init; } = "30s";

    public int Pods { get; init; } = 1000;

    public bool DialBack { get; init; } = true;
}
