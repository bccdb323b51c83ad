namespace VirtualKubelet.Shim.Protocol.Channel;

/// <summary>How a session ended: with an exit code (0 where there is no process), or with an error.</summary>
public sealed record ClosedMessage
{
    /// <summary>0 to 255, 128 + n after signal n; absent when <see cref="Error"/> is present.</summary>
    public int? ExitCode { get; init; }

    /// <summary>What went wrong.</summary>
    public ChannelErrorKind? Error { get; init; }

    /// <summary>The same for people.</summary>
    public string? Message { get; init; }

    /// <summary>A session that ended as it should.</summary>
    public static ClosedMessage Exited(int exitCode) => new() { ExitCode = exitCode };

    /// <summary>A session that failed.</summary>
    public static ClosedMessage Failed(ChannelErrorKind error, string message) =>
        new() { Error = error, Message = message.Length <= LongestMessage ? message : $"{message[..LongestMessage]}…" };

    // With every character escaped as six bytes it still fits into a frame.
    private const int LongestMessage = 4096;
}
