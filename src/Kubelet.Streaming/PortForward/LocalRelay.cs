using System.Net.Sockets;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>
/// Joins a local socket and a connection to the pod, the counterpart of <see cref="Forwarding"/>. An end on one side is passed on as an end, where the transport can
/// tell it, and a break as a break. Disposing it closes both.
/// </summary>
/// <param name="local">Owned from now on.</param>
/// <param name="remote">Owned from now on.</param>
/// <param name="options">How long a side that has ended may go on receiving where it cannot be told from one that has closed.</param>
/// <param name="time">The clock of every wait.</param>
public sealed class LocalRelay(Socket local, ForwardedConnection remote, StreamingOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly NetworkStream _stream = new(local, ownsSocket: true);
    private IdleTimer? _silence;

    /// <summary>Copies both ways until both have ended, one has broken, or it is cancelled. Call it once.</summary>
    /// <returns>What went wrong on the pod's side, in words, or null.</returns>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isWhole = await CopyAsync(stop);
        var failure = isWhole || remote.Aborted.IsCancellationRequested ? await FailureAsync() : null;
        if (!isWhole)
        {
            // A reset tells the local program that this was no proper end.
            local.Close(timeout: 0);
        }

        return failure;
    }

    /// <summary>Closes both sides.</summary>
    public async ValueTask DisposeAsync()
    {
        _silence?.Dispose();
        await _stream.DisposeAsync();
        await remote.DisposeAsync();
    }

    private static bool IsBroken(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException;

    private async Task<bool> CopyAsync(CancellationTokenSource stop)
    {
        var sending = SendAsync(stop.Token);
        var receiving = ReceiveAsync(stop.Token);
        if (await Task.WhenAny(sending, receiving) == sending && !await sending)
        {
            await stop.CancelAsync();
        }
        else if (sending.IsCompleted && !remote.HasHalfClose)
        {
            // The pod cannot be told. Should the local program have left altogether, nothing else would ever end this.
            _silence = new IdleTimer(options.HalfCloseTimeout, time, remote.Input.CancelPendingRead);
        }

        var isWhole = await receiving;
        if (isWhole && remote.HasHalfClose)
        {
            await Task.WhenAny(sending, Task.Delay(options.HalfCloseTimeout, time, stop.Token));
        }

        await stop.CancelAsync();
        await sending;
        return isWhole;
    }

    /// <summary>The pod to the local program; false when either broke.</summary>
    private async Task<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await remote.Input.ReadAsync(cancellationToken);
                if (read.IsCanceled)
                {
                    return false;
                }

                foreach (var segment in read.Buffer)
                {
                    await _stream.WriteAsync(segment, cancellationToken);
                }

                _silence?.Touch();
                remote.Input.AdvanceTo(read.Buffer.End);
                if (!read.IsCompleted)
                {
                    continue;
                }

                if (remote.Aborted.IsCancellationRequested && !await HasEndedWellAsync())
                {
                    return false;
                }

                local.Shutdown(SocketShutdown.Send);
                return true;
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            return false;
        }
    }

    /// <summary>Channels end only with their WebSocket, which may be a proper end all the same.</summary>
    private async Task<bool> HasEndedWellAsync() => !remote.HasHalfClose && await FailureAsync() is null;

    /// <summary>The local program to the pod; false when the local side broke.</summary>
    private async Task<bool> SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadAsync(cancellationToken) is var count and > 0)
            {
                remote.Output.Advance(count);
                if ((await remote.Output.FlushAsync(cancellationToken)).IsCompleted)
                {
                    break;
                }
            }

            remote.Output.Complete();
            return true;
        }
        catch (Exception e) when (IsBroken(e))
        {
            return false;
        }
    }

    /// <summary>Straight into the frame that it will be sent in, of which there is none while there is nothing to read.</summary>
    private async ValueTask<int> ReadAsync(CancellationToken cancellationToken)
    {
        if (local.Available == 0)
        {
            await local.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        }

        return await local.ReceiveAsync(remote.Output.GetMemory(), cancellationToken);
    }

    private async Task<string?> FailureAsync()
    {
        try
        {
            return await remote.Failure.WaitAsync(options.LingerTimeout, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // Both sides have ended; the kubelet just has not said that this was all.
            return null;
        }
    }
}
