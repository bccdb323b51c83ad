using System.IO.Pipelines;
using System.Text.Json;
using VirtualKubelet.Providers.Slurm.Jobs;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>Serves the contract's exec, attach and connect through the pods' channels.</summary>
internal sealed class ChannelSessions(JobBook book, PodChannels channels)
{
    /// <summary>Runs a command in a container.</summary>
    public async Task<int> ExecAsync(ExecRequest request, ContainerStreams streams, CancellationToken cancellationToken)
    {
        var entry = FindContainer(request.Workload, request.Container);
        if (request.Command.Count == 0 || request.Command.Any(a => a.Contains('\0')))
        {
            throw new ProviderException(ProviderErrorKind.Invalid, "the command is empty or holds a NUL character");
        }

        var size = FirstSize(streams);
        var message = new ExecMessage
        {
            Container = request.Container,
            Command = request.Command,
            Tty = request.Tty,
            Stdin = streams.Stdin is not null,
            Width = size.Width,
            Height = size.Height,
        };
        await using var session = await OpenAsync("exec", entry, c => c.Open(message), cancellationToken);
        var closed = await session.CarryAsync(streams, cancellationToken);
        return closed.ExitCode ?? throw Translate(closed);
    }

    /// <summary>Joins a container's own streams.</summary>
    public async Task AttachAsync(AttachRequest request, ContainerStreams streams, CancellationToken cancellationToken)
    {
        var entry = FindContainer(request.Workload, request.Container);
        var size = FirstSize(streams);
        var message = new AttachMessage
        {
            Container = request.Container,
            Stdin = streams.Stdin is not null,
            Width = size.Width,
            Height = size.Height,
        };
        await using var session = await OpenAsync("attach", entry, c => c.Open(message), cancellationToken);
        var closed = await session.CarryAsync(streams, cancellationToken);
        if (closed.Error is not null)
        {
            throw Translate(closed);
        }
    }

    /// <summary>Connects to a port.</summary>
    public async Task<IDuplexPipe> ConnectAsync(WorkloadId workload, int port, CancellationToken cancellationToken)
    {
        if (port is < 1 or > ushort.MaxValue)
        {
            throw new ProviderException(ProviderErrorKind.Invalid, $"{port} is no TCP port");
        }

        var session = await OpenAsync("connect", book.Get(workload), c => c.Open(new ConnectMessage(port)), cancellationToken);
        try
        {
            await session.Session.Opened.WaitAsync(cancellationToken);
            if (session.Session.Closed.IsCompleted && await session.ClosedAsync(cancellationToken) is { Error: not null } closed)
            {
                throw Translate(closed);
            }

            return new ChannelDuplexPipe(session);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private static ProviderException Translate(ClosedMessage closed) => new(
        closed.Error switch
        {
            ChannelErrorKind.NotFound => ProviderErrorKind.NotFound,
            ChannelErrorKind.NotRunning => ProviderErrorKind.NotRunning,
            ChannelErrorKind.Invalid => ProviderErrorKind.Invalid,
            _ => ProviderErrorKind.Unavailable,
        },
        closed.Message ?? "the session failed and nobody said why");

    // Only now is the size there before the process is.
    private static TerminalSize FirstSize(ContainerStreams streams) =>
        streams.Resizes is { } resizes && resizes.TryRead(out var size) ? size : default;

    private JobEntry FindContainer(WorkloadId workload, string container)
    {
        var entry = book.Get(workload);
        return entry.Outline.Has(container)
            ? entry
            : throw new ProviderException(ProviderErrorKind.NotFound, $"workload {entry.Id} has no container \"{container}\"");
    }

    private async Task<SharedSession> OpenAsync(
        string kind, JobEntry entry, Func<ChannelConnection, RequestedSession> open, CancellationToken cancellationToken)
    {
        var state = entry.ShimState.Refresh();
        if (entry.IsFinal || state is null || state.FinishedAt is not null)
        {
            throw new ProviderException(ProviderErrorKind.NotRunning, $"workload {entry.Id} is not running");
        }

        for (var attempt = 0; ; attempt++)
        {
            var slot = await channels.RentAsync(entry, state.JobId, state.Node, cancellationToken);
            try
            {
                return new SharedSession(kind, open(slot.Channel.Result.Connection), slot, channels);
            }
            catch (ChannelClosedException e)
            {
                channels.Return(slot);

                // It ended between two sessions; the next one may be the first to notice.
                if (attempt > 0)
                {
                    throw new ProviderException(ProviderErrorKind.Unavailable, e.Message, e);
                }
            }
            catch (Exception e) when (e is ArgumentException or JsonException)
            {
                channels.Return(slot);
                throw new ProviderException(ProviderErrorKind.Invalid, "the command is longer than a process can take, or no text", e);
            }
        }
    }
}
