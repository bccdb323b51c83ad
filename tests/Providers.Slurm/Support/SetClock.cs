namespace VirtualKubelet.Providers.Slurm.Tests.Support;

/// <summary>The machine's clock, which somebody sets while its time goes on.</summary>
internal sealed class SetClock : TimeProvider
{
    public TimeSpan Offset { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
}
