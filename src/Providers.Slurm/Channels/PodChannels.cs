using System.Net;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Providers.Slurm.Jobs;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>
/// The channels of all pods, one each: started at the first need, shared by all sessions, kept for a while without one, started again at the next need
/// after a failure, closed with the pod.
/// </summary>
internal sealed partial class PodChannels(
    SlurmProviderOptions options, JobBook book, IJobBackend backend, TimeProvider time, ILogger<PodChannels> logger) : IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PodChannelSlot> _slots = new(StringComparer.Ordinal);
    private readonly Lazy<IPAddress> _hostAddress = new(DialBackListener.HostAddress);
    private bool _isClosed;

    /// <summary>The channel into a pod; to be returned with <see cref="Return"/>.</summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.Unavailable"/>: it does not start.</exception>
    public async Task<PodChannelSlot> RentAsync(JobEntry entry, string jobId, string node, CancellationToken cancellationToken)
    {
        PodChannelSlot slot;
        lock (_gate)
        {
            if (_isClosed)
            {
                throw new ProviderException(ProviderErrorKind.Unavailable, "the agent is stopping");
            }

            if (!_slots.TryGetValue(entry.Id.Uid, out slot!) || !slot.IsUsable || slot.Place != (jobId, node))
            {
                Retire(slot);
                _slots[entry.Id.Uid] = slot = new PodChannelSlot(entry, jobId, node) { Channel = Task.Run(() => Start(entry, jobId, node), CancellationToken.None) };
            }

            slot.Users++;
        }

        try
        {
            await slot.Channel.WaitAsync(cancellationToken);
            return slot;
        }
        catch
        {
            Return(slot);
            throw;
        }
    }

    /// <summary>Gives back what was rented.</summary>
    public void Return(PodChannelSlot slot)
    {
        lock (_gate)
        {
            slot.Users--;
            slot.IdleSince = time.GetTimestamp();
        }
    }

    /// <summary>Closes channels that nobody needs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(SweepInterval, time, cancellationToken);
            lock (_gate)
            {
                foreach (var (uid, slot) in _slots.Where(s => IsOver(s.Value)).ToList())
                {
                    _slots.Remove(uid);
                    Retire(slot);
                }

                foreach (var slot in _slots.Values)
                {
                    if (slot.Channel.IsCompletedSuccessfully)
                    {
                        slot.Channel.Result.Count();
                    }
                }
            }
        }
    }

    /// <summary>Closes all channels: their sessions fail, and what runs in them ends.</summary>
    public async ValueTask DisposeAsync()
    {
        List<PodChannelSlot> slots;
        lock (_gate)
        {
            _isClosed = true;
            slots = [.. _slots.Values];
            _slots.Clear();
        }

        await Task.WhenAll(slots.Select(CloseAsync));
    }

    private PodChannel Start(JobEntry entry, string jobId, string node)
    {
        var address = !options.Channels.DialBack
            ? null
            : options.Channels.DialBackAddress ?? (options.Backend == BackendKind.Local ? IPAddress.Loopback : _hostAddress.Value);
        LogStarts(entry.Id.Namespace, entry.Id.Name, entry.Id.Uid, jobId, node);
        return PodChannel.Start(backend.ChannelInto(entry.Layout, jobId, node), address, options.Channels.StartTimeout, time);
    }

    private bool IsOver(PodChannelSlot slot) =>
        !slot.IsUsable
        || slot.Entry.IsFinal
        || book.Find(slot.Entry.Id.Uid) is null
        || (slot.Users == 0 && time.GetElapsedTime(slot.IdleSince) >= options.Channels.IdlePeriod);

    private void Retire(PodChannelSlot? slot)
    {
        if (slot is not null)
        {
            _ = Task.Run(() => CloseAsync(slot));
        }
    }

    private async Task CloseAsync(PodChannelSlot slot)
    {
        PodChannel channel;
        try
        {
            channel = await slot.Channel;
        }
        catch (ProviderException)
        {
            // There is no process; those who waited for it know.
            return;
        }

        if (!channel.IsAlive)
        {
            LogEnded(slot.Entry.Id.Namespace, slot.Entry.Id.Name, slot.Entry.Id.Uid, await channel.ExplainAsync("it said nothing"));
        }

        channel.Count();
        await channel.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "pod {Namespace}/{Pod} ({Uid}): starting a channel into job {Job} on {Node}")]
    private partial void LogStarts(string @namespace, string pod, string uid, string job, string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Namespace}/{Pod} ({Uid}): {Words}")]
    private partial void LogEnded(string @namespace, string pod, string uid, string words);
}
