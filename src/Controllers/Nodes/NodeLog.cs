using Microsoft.Extensions.Logging;

namespace VirtualKubelet.Controllers.Nodes;

/// <summary>What is logged about the node.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(340, LogLevel.Information, "The Node {Node} is created")]
    public static partial void NodeCreated(this ILogger logger, string node);

    [LoggerMessage(341, LogLevel.Warning, "The Node {Node} was deleted by somebody and is created anew; its pods go on")]
    public static partial void NodeRecreated(this ILogger logger, string node);

    [LoggerMessage(342, LogLevel.Information, "The Node {Node} is there already and is taken over")]
    public static partial void NodeAdopted(this ILogger logger, string node);

    [LoggerMessage(EventId = 343, Message = "The Node {Node} cannot be kept up to date; trying again in {Delay}: {Error}")]
    public static partial void NodeSyncFailed(this ILogger logger, LogLevel level, string node, TimeSpan delay, string error);

    [LoggerMessage(344, LogLevel.Warning, "The API server does not let this agent change the {What} of the Node {Node}, which stay as they are: {Error}")]
    public static partial void NodeChangeRefused(this ILogger logger, string what, string node, string error);

    [LoggerMessage(345, LogLevel.Information, "The {What} of the Node {Node} were changed by somebody and are put back")]
    public static partial void NodeChanged(this ILogger logger, string what, string node);

    [LoggerMessage(346, LogLevel.Warning, "The provider does not say what the node {Node} offers, its last word stands: {Error}")]
    public static partial void ProviderSilent(this ILogger logger, string node, string error);

    [LoggerMessage(347, LogLevel.Error, "An unexpected error stopped the update of the Node {Node}; trying again in {Delay}")]
    public static partial void NodeSyncBroke(this ILogger logger, string node, TimeSpan delay, Exception exception);

    [LoggerMessage(348, LogLevel.Information, "The Node {Node} is ready")]
    public static partial void NodeReady(this ILogger logger, string node);

    [LoggerMessage(349, LogLevel.Warning, "The Node {Node} is not ready: {Why}")]
    public static partial void NodeNotReady(this ILogger logger, string node, string? why);

    [LoggerMessage(350, LogLevel.Debug, "The API server does not say its version: {Error}")]
    public static partial void ServerVersionUnknown(this ILogger logger, string error);
}
