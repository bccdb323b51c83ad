using System.IO.Pipelines;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>A connection through a channel; completing both ends closes it.</summary>
internal sealed class ChannelDuplexPipe : IDuplexPipe
{
    private static readonly TimeSpan LingerBound = TimeSpan.FromMinutes(1);
    private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: 128 * 1024, resumeWriterThreshold: 64 * 1024, useSynchronizationContext: false));
    private readonly SharedSession _session;
    private readonly ConnectionReader _input;

    public ChannelDuplexPipe(SharedSession session)
    {
        _session = session;
        _input = new ConnectionReader(session);
        _ = RunAsync();
    }

    /// <inheritdoc/>
    public PipeReader Input => _input;

    /// <inheritdoc/>
    public PipeWriter Output => _output.Writer;

    private async Task RunAsync()
    {
        await using (_session)
        {
            Exception? failure = null;
            try
            {
                await LaneCopy.SendAsync(_output.Reader, _session.Session.Stdin, CancellationToken.None);
            }
            catch (Exception e)
            {
                // Of the target, of the channel, or the exception with which the caller completed its end.
                failure = e;
                _session.Session.Cancel();
            }

            await _output.Reader.CompleteAsync(failure is ChannelClosedException ? null : failure);
            await Task.WhenAny(_input.Completed, _session.Session.Closed);
            if (failure is null && _input.HasMetEnd)
            {
                // Both ends have ended as they should: what the target has not read yet still belongs to it.
                await Task.WhenAny(_session.Session.Closed, Task.Delay(LingerBound));
            }
        }
    }
}
