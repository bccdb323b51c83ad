namespace VirtualKubelet.Testing.ApiServer.Scripting;

/// <summary>What an open watch is told.</summary>
internal abstract record WatchCommand
{
    /// <summary>The store changed.</summary>
    internal sealed record Look : WatchCommand;

    /// <summary>Send a bookmark.</summary>
    internal sealed record Bookmark : WatchCommand;

    /// <summary>Send text as it is.</summary>
    internal sealed record Raw(string Text) : WatchCommand;

    /// <summary>End in good order.</summary>
    internal sealed record End : WatchCommand;

    /// <summary>Break the connection.</summary>
    internal sealed record Drop : WatchCommand;

    /// <summary>Send nothing any more, and stay.</summary>
    internal sealed record Stall : WatchCommand;
}
