namespace VirtualKubelet.Host.Composition;

/// <summary>The least important messages that are written.</summary>
internal enum LogVerbosity
{
    /// <summary>Also what clients cause.</summary>
    Debug,

    /// <summary>What happens to pods.</summary>
    Information,

    /// <summary>What needs watching.</summary>
    Warning,

    /// <summary>What needs mending.</summary>
    Error,
}
