namespace VirtualKubelet.Shim.Supervision;

/// <summary>How long a container waits before it is started again: doubling from the first delay to the longest, starting over after a long run.</summary>
internal sealed class RestartBackOff(RestartDelays delays)
{
    private static readonly TimeSpan LongRun = TimeSpan.FromMinutes(10);
    private TimeSpan next = delays.First;

    /// <summary>The delay, counted from the end of a run that took <paramref name="run"/>.</summary>
    public TimeSpan After(TimeSpan run)
    {
        var delay = run >= LongRun ? delays.First : next;
        next = delay + delay < delays.Longest ? delay + delay : delays.Longest;
        return delay;
    }
}
