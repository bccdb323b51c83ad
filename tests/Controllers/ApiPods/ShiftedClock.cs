namespace VirtualKubelet.Controllers.Tests.ApiPods;

/// <summary>A clock whose hands can be set without time passing, as an administrator or NTP does.</summary>
internal sealed class ShiftedClock(TimeProvider time) : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Shift;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
