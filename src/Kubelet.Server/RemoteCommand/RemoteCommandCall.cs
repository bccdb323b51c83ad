using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.RemoteCommand;

/// <summary>What a session does once its client has opened its streams.</summary>
/// <param name="Failure">What the client's error text begins with, such as <c>error executing command in container</c>.</param>
/// <param name="RunAsync">Asks the provider; returns how it ended.</param>
internal sealed record RemoteCommandCall(string Failure, Func<ContainerStreams, CancellationToken, Task<RemoteCommandStatus>> RunAsync)
{
    /// <summary>Whether the client's input goes anywhere; otherwise it is discarded.</summary>
    public bool TakesInput { get; init; } = true;
}
