using System.IO.Pipelines;
using VirtualKubelet.Host.Commands.Terminals;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Host.Commands.Sessions;

/// <summary>Joins an exec or attach with this process's own streams and terminal.</summary>
/// <param name="session">The session; not disposed here.</param>
/// <param name="hasTerminal">Whether the other side has a terminal, to which ours is handed over if there is one and input is sent.</param>
internal sealed class LocalStreams(RemoteCommandClientSession session, bool hasTerminal)
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Copies until the session has ended; returns its exit code.</summary>
    /// <exception cref="IOException">The exit code is not known.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return (await CopyAsync(stop)).RequireExitCode();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.HungUp;
        }
    }

    private static async Task ReceiveAsync(PipeReader? source, Descriptor destination, CancellationTokenSource stop)
    {
        if (source is null)
        {
            return;
        }

        try
        {
            while (true)
            {
                var read = await source.ReadAsync(stop.Token);
                foreach (var segment in read.Buffer)
                {
                    await destination.WriteAsync(segment, stop.Token);
                }

                source.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (IOException)
        {
            // The other output must not wait for a command whose output nobody can take.
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task<RemoteCommandResult> CopyAsync(CancellationTokenSource stop)
    {
        using var terminal = HandTerminalOver(stop);
        await TellSizeAsync(stop.Token);
        if (session.Stdin is { } stdin)
        {
            // Not awaited: it may wait for a key that is never pressed.
            _ = SendAsync(stdin);
        }

        await Task.WhenAll(ReceiveAsync(session.Stdout, Descriptor.Output, stop), ReceiveAsync(session.Stderr, Descriptor.Error, stop));
        return await session.Completion.WaitAsync(stop.Token);
    }

    private Terminal? HandTerminalOver(CancellationTokenSource stop) =>
        hasTerminal && session.Stdin is not null && Descriptor.Input.IsTerminal
            ? Terminal.HandOver(changed: () => _ = TellSizeAsync(CancellationToken.None), hungUp: () => _ = stop.CancelAsync())
            : null;

    private async Task TellSizeAsync(CancellationToken cancellationToken)
    {
        if (hasTerminal && Terminal.Size is { } size)
        {
            await session.ResizeAsync(size, cancellationToken);
        }
    }

    private async Task SendAsync(PipeWriter destination)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            int count;
            while ((count = await Descriptor.Input.ReadAsync(buffer)) > 0)
            {
                if ((await destination.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None)).IsCompleted)
                {
                    return;
                }
            }

            if (!session.CanCloseStdin && !session.Completion.IsCompleted)
            {
                await Console.Error.WriteLineAsync("warning: this kubelet cannot be told that the input has ended (it does not speak v5.channel.k8s.io)");
            }
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"warning: the input cannot be read: {e.Message}");
        }

        await destination.CompleteAsync();
    }
}
