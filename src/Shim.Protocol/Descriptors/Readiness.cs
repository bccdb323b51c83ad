namespace VirtualKubelet.Shim.Protocol.Descriptors;

/// <summary>Who waits for one descriptor; belongs to the <see cref="DescriptorPoller"/>'s lock.</summary>
internal sealed class Readiness
{
    /// <summary>Completes when it can be read.</summary>
    public TaskCompletionSource? Read { get; set; }

    /// <summary>Completes when it can be written.</summary>
    public TaskCompletionSource? Write { get; set; }

    /// <summary>The kernel knows the descriptor.</summary>
    public bool IsKnown { get; set; }
}
