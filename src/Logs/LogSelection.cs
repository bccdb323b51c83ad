namespace VirtualKubelet.Logs;

/// <summary>What a client asked to see of a log; an absent value is not zero.</summary>
public sealed record LogSelection
{
    /// <summary>Begin at the last N physical lines of the file, N ≥ 0; absent: at its beginning.</summary>
    public long? TailLines { get; init; }

    /// <summary>Leave out records older than this; one of exactly this time is shown. Such records still use up the tail.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Put each line's RFC 3339 time, nine fractional digits, and a space before it.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Most bytes to send, time prefixes included, N ≥ 1; the last line may be cut.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>Which outputs to show.</summary>
    public LogStreams Streams { get; init; } = LogStreams.All;

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> for values no client may ask for.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(TailLines ?? 0, nameof(TailLines));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LimitBytes ?? 1, nameof(LimitBytes));
    }
}
