using VirtualKubelet.Providers.Slurm.Jobs;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>The place of one pod's channel: empty, being filled, or filled. Belongs to the lock of <see cref="PodChannels"/>.</summary>
internal sealed class PodChannelSlot(JobEntry entry, string jobId, string node)
{
    /// <summary>The pod.</summary>
    public JobEntry Entry => entry;

    /// <summary>The job and the node the channel leads to: a job that was requeued needs another.</summary>
    public (string JobId, string Node) Place => (jobId, node);

    /// <summary>The channel, or its start; shared by all who need it.</summary>
    public required Task<PodChannel> Channel { get; init; }

    /// <summary>How many use it or wait for it.</summary>
    public int Users { get; set; }

    /// <summary>When the last user left.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether another session can go through it.</summary>
    // In this order: a start that succeeds between two other looks would pass for one that failed, and be closed under those who wait for it.
    public bool IsUsable => !Channel.IsCompleted || (Channel.IsCompletedSuccessfully && Channel.Result.IsAlive);
}
