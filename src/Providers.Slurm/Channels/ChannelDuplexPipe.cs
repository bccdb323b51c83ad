using System.IO.Pipelines;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>A connection through a channel; completing both ends closes it, and so does giving up the output.</summary>
internal sealed class ChannelDuplexPipe : IDuplexPipe
{
    private static readonly TimeSpan LingerBound = TimeSpan.FromMinutes(1);
    private readonly SharedSession _session;
    private readonly ConnectionReader _input;
    private readonly ConnectionWriter _output;

    public ChannelDuplexPipe(SharedSession session)
    {
        _session = session;
        _input = new ConnectionReader(session);
        _output = new ConnectionWriter(session.Session.Stdin);
        _ = RunAsync();
    }

    /// <inheritdoc/>
    public PipeReader Input => _input;

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    private async Task RunAsync()
    {
        await using (_session)
        {
            await Task.WhenAny(_output.Completed, _session.Session.Closed);
            if (!_output.Completed.IsCompleted || await _output.Completed is null)
            {
                await Task.WhenAny(_input.Completed, _session.Session.Closed);
                if (_input.HasMetEnd)
                {
                    // Both ends have ended as they should: what the target has not read yet still belongs to it.
                    await Task.WhenAny(_session.Session.Closed, Task.Delay(LingerBound));
                }
            }

            // Who waits for a target that does not read waits for this only.
            _session.Session.Cancel();
        }
    }
}
