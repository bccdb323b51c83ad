using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Controllers.Leadership;

/// <summary>What is logged about the node's lease.</summary>
internal static partial class LeadershipLog
{
    [LoggerMessage(320, LogLevel.Information, "This agent, {Agent}, acts for the node {Node}")]
    public static partial void NodeTaken(this ILogger logger, string agent, string node);

    [LoggerMessage(321, LogLevel.Information, "The agent {Holder} acts for the node {Node}; this one, {Agent}, stands by")]
    public static partial void StandingBy(this ILogger logger, string? holder, string node, string agent);

    [LoggerMessage(328, LogLevel.Warning, "The lease of the node {Node} names no agent. This one, {Agent}, takes it once it has stood still; if it never does, a kubelet has the node of this name")]
    public static partial void StandingByForNobody(this ILogger logger, string node, string agent);

    [LoggerMessage(322, LogLevel.Error, "The agent {Holder} has taken the node {Node} from this one, which stops acting for it")]
    public static partial void NodeLost(this ILogger logger, string? holder, string node);

    [LoggerMessage(EventId = 323, Message = "The lease of the node {Node} could not be taken; trying again in {Delay}: {Error}")]
    public static partial void LeaseNotTaken(this ILogger logger, LogLevel level, string node, TimeSpan delay, string error);

    [LoggerMessage(324, LogLevel.Warning, "The lease of the node {Node} could not be renewed: {Error}")]
    public static partial void LeaseNotRenewed(this ILogger logger, string node, string error);

    [LoggerMessage(325, LogLevel.Information, "The lease of the node {Node} was given back; a stand-by may take it")]
    public static partial void LeaseReleased(this ILogger logger, string node);

    [LoggerMessage(326, LogLevel.Information, "The lease of the node {Node} could not be given back, so that a stand-by waits until it expires: {Error}")]
    public static partial void LeaseNotReleased(this ILogger logger, string node, string error);

    [LoggerMessage(327, LogLevel.Debug, "Another writer of the lease of the node {Node} was quicker")]
    public static partial void LeaseContended(this ILogger logger, string node);
}
