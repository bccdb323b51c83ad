namespace VirtualKubelet.Logs;

/// <summary>How logs are read. A followed file costs at most <see cref="RingBufferBytes"/> plus one <see cref="ReadBufferBytes"/> while it grows; a follower one <see cref="ReadBufferBytes"/> while it works and none while it waits for data or for its client.</summary>
public sealed record LogOptions
{
    /// <summary>Most bytes of a followed file's hot tail kept in memory; at least twice <see cref="ReadBufferBytes"/>.</summary>
    public int RingBufferBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes read and sent at a time; a longer line is passed on in pieces. At least 4 KiB.</summary>
    public int ReadBufferBytes { get; init; } = 128 * 1024;

    /// <summary>Shortest time between two looks at a file that grows.</summary>
    public TimeSpan MinPollInterval { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Longest time between two looks at a quiet file, which bounds the delay where no change events arrive (NFS, Lustre).</summary>
    public TimeSpan MaxPollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time between two looks at a file that has been silent for <see cref="IdleAfter"/>; at most 2 s.</summary>
    public TimeSpan IdlePollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which a file counts as idle.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a full ring waits for a follower that is blocked by its client before that follower is sent to read the file by itself.</summary>
    public TimeSpan StallGrace { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Rotated files held open for the slowest follower; one that falls farther behind fails with <see cref="LogFollowerTooSlowException"/> instead of missing lines.</summary>
    public int MaxRotatedFiles { get; init; } = 8;

    /// <summary>How long failing reads of a followed file are retried before its followers fail.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether inotify is used as a hint between polls.</summary>
    public bool UseChangeEvents { get; init; } = true;

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> for values that cannot work.</summary>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ReadBufferBytes, 4096);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ReadBufferBytes, RingBufferBytes / 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RingBufferBytes, 1 << 30);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinPollInterval, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPollInterval, MinPollInterval);
        ArgumentOutOfRangeException.ThrowIfLessThan(IdlePollInterval, MaxPollInterval);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(IdlePollInterval, TimeSpan.FromSeconds(2));
        ArgumentOutOfRangeException.ThrowIfLessThan(StallGrace, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRotatedFiles, 1);
    }
}
