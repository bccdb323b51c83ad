namespace VirtualKubelet.Controllers.Leadership;

/// <summary>Whether this agent is the one that acts for the node now. Jobs are made and ended, and statuses written, only while it is.</summary>
internal interface ILeadership
{
    /// <summary>Whether the node is held at this moment.</summary>
    bool IsHeld { get; }

    /// <summary>Returns once the node is held; at once when it is.</summary>
    Task WaitUntilHeldAsync(CancellationToken cancellationToken);
}
