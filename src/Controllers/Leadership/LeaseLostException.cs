namespace VirtualKubelet.Controllers.Leadership;

/// <summary>Another agent has taken the lease.</summary>
internal sealed class LeaseLostException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="holder">The agent that has it now; null when it has given it back already.</param>
    public LeaseLostException(string? holder)
        : base($"the lease was taken by {holder ?? "an agent that is gone again"}") => Holder = holder;

    /// <summary>The agent that has it now.</summary>
    public string? Holder { get; }
}
