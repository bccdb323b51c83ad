using System.Buffers;
using System.IO.Pipelines;
using VirtualKubelet.Logs.Writing;

namespace VirtualKubelet.Shim.Output;

/// <summary>
/// One who watches a container's output. Up to <see cref="Bound"/> of each stream are held; who falls further behind is let go with an error,
/// because a gap that nobody sees is worse, and the log has everything.
/// </summary>
internal sealed class OutputTap
{
    /// <summary>Bytes held of each stream.</summary>
    public const int Bound = 1024 * 1024;

    private static readonly PipeOptions Options = new(pauseWriterThreshold: Bound, resumeWriterThreshold: Bound / 2, useSynchronizationContext: false);
    private readonly Lock gate = new();
    private readonly Pipe[] pipes = [new(Options), new(Options)];
    private bool completed;

    /// <summary>What the container writes to stdout, or to its terminal.</summary>
    public PipeReader Stdout => pipes[(int)OutputStream.Stdout].Reader;

    /// <summary>What the container writes to stderr.</summary>
    public PipeReader Stderr => pipes[(int)OutputStream.Stderr].Reader;

    /// <summary>Takes a copy of what was written, without ever waiting.</summary>
    public void Publish(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            if (completed)
            {
                return;
            }

            var writer = pipes[(int)stream].Writer;
            writer.Write(bytes);
            if (!writer.FlushAsync().AsTask().IsCompleted)
            {
                Complete(new OutputTapOverrunException());
            }
        }
    }

    /// <summary>The output has ended.</summary>
    public void Complete() => Complete(null);

    private void Complete(Exception? reason)
    {
        lock (gate)
        {
            if (!completed)
            {
                completed = true;
                Array.ForEach(pipes, p => p.Writer.Complete(reason));
            }
        }
    }
}
