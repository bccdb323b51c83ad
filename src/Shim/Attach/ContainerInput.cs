using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Attach;

/// <summary>The stdin of a container, shared by all who are attached: what each of them sends goes in as it comes.</summary>
internal sealed class ContainerInput(DescriptorStream stream, bool once, bool ownsStream) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private bool ended;

    /// <summary>Hands a session's input on until it ends, or the container does not read any more.</summary>
    public async Task CopyAsync(IncomingLane from, CancellationToken cancellationToken)
    {
        try
        {
            while (!ended)
            {
                var read = await from.Reader.ReadAsync(cancellationToken);
                foreach (var segment in read.Buffer)
                {
                    await WriteAsync(segment, cancellationToken);
                }

                from.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The container has ended, or closed its stdin.
        }
        finally
        {
            // What still comes has no taker.
            await from.Reader.CompleteAsync();
            End();
        }
    }

    public void Dispose()
    {
        ended = true;
        if (ownsStream)
        {
            stream.Dispose();
        }

        turn.Dispose();
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>With <c>stdinOnce</c> the first who leaves has been the last.</summary>
    private void End()
    {
        if (once && !ended)
        {
            ended = true;
            if (ownsStream)
            {
                stream.Dispose();
            }
        }
    }
}
