using VirtualKubelet.Logs.Files;

namespace VirtualKubelet.Logs.Following;

/// <summary>One file in the life of a followed log: from its creation, or truncation, to its rotation. Guarded by its <see cref="SharedTail"/>.</summary>
/// <param name="file">The file, held open until no follower needs it.</param>
/// <param name="end">Bytes known at the beginning.</param>
internal sealed class LogGeneration(LogFile file, long end)
{
    /// <summary>The file.</summary>
    public LogFile File { get; } = file;

    /// <summary>Bytes known; followers read up to here.</summary>
    public long End { get; set; } = end;

    /// <summary>What follows this one; once set, <see cref="End"/> is final.</summary>
    public LogGeneration? Next { get; set; }

    /// <summary>The bytes are gone: followers go on with <see cref="Next"/>.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>Closed although a follower still needed it.</summary>
    public bool IsEvicted { get; set; }

    /// <summary>Followers that read it now.</summary>
    public int Followers { get; set; }
}
