using System.IO.Pipelines;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>
/// One forwarded connection. Both of its streams always end: clients wait for the end of the error stream before they let go of theirs.
/// Over SPDY only a connection that could not be made is told in words, as any word makes the client give up all forwarding; one that broke later is reset in silence.
/// </summary>
internal sealed class Forwarding(
    IMultiplexedStream data, IMultiplexedStream error, int port, bool hasHalfClose, PortForwardPod pod, StreamingOptions options, TimeProvider time)
{
    public async Task RunAsync(PortConnector connect)
    {
        await error.Input.CompleteAsync();
        IDuplexPipe target;
        try
        {
            // Not on the caller's thread: the next pair need not wait.
            target = await Task.Run(() => connect(port, data.Aborted).AsTask(), CancellationToken.None);
        }
        catch (OperationCanceledException) when (data.Aborted.IsCancellationRequested)
        {
            await EndAsync();
            return;
        }
        catch (Exception e)
        {
            await TellAsync(e);
            data.Reset();
            return;
        }

        try
        {
            await RelayAsync(target);
        }
        finally
        {
            await DisposeAsync(target);
            await EndAsync();
        }
    }

    private static async Task DisposeAsync(IDuplexPipe target)
    {
        if (target is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            (target as IDisposable)?.Dispose();
        }
    }

    private Task TellAsync(Exception e) => error.TellAsync($"error forwarding port {port} to pod {pod.Id}, uid {pod.Uid}: {e.Message}", isLast: true);

    private async Task RelayAsync(IDuplexPipe target)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(data.Aborted);
        var sending = SendAsync(target.Output, stop.Token);
        if (await TryReceiveAsync(target.Input, stop))
        {
            await FinishAsync();
            if (hasHalfClose)
            {
                await Task.WhenAny(sending, Task.Delay(options.HalfCloseTimeout, time, stop.Token));
            }
        }

        await stop.CancelAsync();
        await sending;
    }

    /// <summary>Target to client; false when it broke, and then the client is told by a reset.</summary>
    private async Task<bool> TryReceiveAsync(PipeReader source, CancellationTokenSource stop)
    {
        try
        {
            await PipeCopy.RunAsync(source, data.Output, stop.Token);
            await source.CompleteAsync();
            return true;
        }
        catch (Exception e)
        {
            // Of whatever kind: the target's pipe is not ours, and any end but a failure would look like the answer's.
            await source.CompleteAsync(e);
            if (!hasHalfClose && !data.Aborted.IsCancellationRequested)
            {
                // One channel of a WebSocket cannot be reset, and the proper end that is left would pass for the answer's.
                await TellAsync(e);
            }

            // Before the reset, which ends the client's side: that is no proper end for the target either.
            await stop.CancelAsync();
            data.Reset();
            return false;
        }
    }

    /// <summary>Client to target, until the client half-closes or the target takes no more.</summary>
    private async Task SendAsync(PipeWriter destination, CancellationToken cancellationToken)
    {
        try
        {
            await PipeCopy.RunAsync(data.Input, destination, cancellationToken);
            await destination.CompleteAsync();
        }
        catch (Exception e)
        {
            await destination.CompleteAsync(e);
        }
        finally
        {
            // Whatever else the client sends is discarded rather than left to fill the buffer.
            await data.Input.CompleteAsync();
        }
    }

    private async Task FinishAsync()
    {
        await data.Output.CompleteAsync();
        await error.Output.CompleteAsync();
    }

    private async Task EndAsync()
    {
        await FinishAsync();
        data.Release();
        error.Release();
    }
}
