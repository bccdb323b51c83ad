namespace VirtualKubelet.Shim.Protocol;

/// <summary>
/// The agent's wish to end the pod: <c>stop.json</c>, written before the shim is sent SIGTERM.
/// A later request replaces the file and may only shorten the period.
/// </summary>
/// <param name="GracePeriodSeconds">Seconds between SIGTERM and SIGKILL, 0 or more.</param>
/// <param name="RequestedAt">When it was asked for, by the agent's clock.</param>
public sealed record StopRequest(int GracePeriodSeconds, DateTimeOffset RequestedAt);
