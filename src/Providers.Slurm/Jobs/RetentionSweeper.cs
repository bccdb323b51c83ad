using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Providers.Slurm.Jobs;

/// <summary>Removes the directories of deleted pods once their retention has passed.</summary>
internal sealed partial class RetentionSweeper(
    SlurmProviderOptions options, PodDirectories directories, TimeProvider time, ILogger<RetentionSweeper> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<PodDirectoryLayout, DateTimeOffset> _kept = [];

    /// <summary>Takes over the directory of a deleted pod.</summary>
    public void Keep(PodDirectoryLayout layout, DateTimeOffset goneAt) => _kept[layout] = goneAt;

    /// <summary>Gives a directory back that <see cref="Keep"/> took over; false when it is not one, or not any more.</summary>
    public bool TryGiveBack(PodDirectoryLayout layout, out DateTimeOffset goneAt) => _kept.TryRemove(layout, out goneAt);

    /// <summary>Removes the directory of a deleted pod before its time; false when it is not one.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public bool TryRemoveNow(PodDirectoryLayout layout)
    {
        if (!_kept.ContainsKey(layout))
        {
            return false;
        }

        directories.Remove(layout);
        return _kept.TryRemove(layout, out _);
    }

    /// <summary>Sweeps until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (var (layout, goneAt) in _kept)
            {
                if (time.GetUtcNow() - goneAt >= options.Retention)
                {
                    Remove(layout);
                }
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private void Remove(PodDirectoryLayout layout)
    {
        try
        {
            TryRemoveNow(layout);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(e, layout.Root);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "cannot remove the pod directory {Directory}; trying again in a minute")]
    private partial void LogNotRemoved(Exception exception, string directory);
}
