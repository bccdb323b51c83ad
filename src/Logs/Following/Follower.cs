namespace VirtualKubelet.Logs.Following;

/// <summary>Where one follower stands. Everything but the signal is guarded by its <see cref="SharedTail"/>.</summary>
/// <param name="source">The container run it follows.</param>
internal sealed class Follower(ILogSource source)
{
    /// <summary>Raised when there may be something new.</summary>
    public AsyncSignal Signal { get; } = new();

    /// <summary>The container run.</summary>
    public ILogSource Source { get; } = source;

    /// <summary>The file being read; absent until it appears.</summary>
    public LogGeneration? Generation { get; set; }

    /// <summary>The next byte to show.</summary>
    public long Offset { get; set; }

    /// <summary>The end of the file when an incomplete line was last looked at in vain.</summary>
    public long Tried { get; set; }

    /// <summary>It has caught up once and the hot tail keeps what it has not read, until it stalls.</summary>
    public bool IsAttached { get; set; }

    /// <summary>It waits for its signal.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>When its client began to hold it up, as a timestamp; absent while it works or waits for data.</summary>
    public long? FlushingSince { get; set; }
}
