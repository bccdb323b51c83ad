namespace VirtualKubelet.Host.Composition;

/// <summary>How the agent's own log is written.</summary>
internal enum LogFormat
{
    /// <summary>Lines for people.</summary>
    Text,

    /// <summary>One JSON object a line, for collectors.</summary>
    Json,
}
