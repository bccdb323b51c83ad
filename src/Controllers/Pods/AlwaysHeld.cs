using VirtualKubelet.Controllers.Leadership;

namespace VirtualKubelet.Controllers.Pods;

/// <summary>Leadership where nobody competes: without an API server there is one agent for a node.</summary>
internal sealed class AlwaysHeld : ILeadership
{
    /// <inheritdoc/>
    public bool IsHeld => true;

    /// <inheritdoc/>
    public Task WaitUntilHeldAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
