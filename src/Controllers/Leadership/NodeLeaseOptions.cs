using System.Security.Cryptography;

namespace VirtualKubelet.Controllers.Leadership;

/// <summary>Whose lease it is, who holds it, and how patient everybody is.</summary>
internal sealed record NodeLeaseOptions
{
    /// <summary>The node.</summary>
    public required string NodeName { get; init; }

    /// <summary>This agent, unlike any other and any earlier one: nothing is inherited from a process that is gone.</summary>
    public string Agent { get; init; } = $"{Environment.MachineName}_{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    /// <summary>How long the lease must have stood still before another agent may take it; whole seconds, a kubelet's figure.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>
    /// How long after a renewal this agent may act. What it began before has the rest of <see cref="Duration"/> to end in.
    /// </summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The wait between two renewals, a quarter of the duration as a kubelet's.</summary>
    public TimeSpan RenewInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much longer, by chance, a wait between renewals may be, as a part of it.</summary>
    public double RenewJitter { get; init; } = 0.04;

    /// <summary>Tries of one renewal.</summary>
    public int MaxTries { get; init; } = 5;

    /// <summary>Time for one request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a stand-by looks at least; up to half as long again by chance.</summary>
    public TimeSpan StandbyInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The wait after a first failure; it doubles.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait after a failure.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>Time to give the lease back at the end; without that a stand-by waits for <see cref="Duration"/>.</summary>
    public TimeSpan ReleaseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
