using System.Buffers;
using System.IO.Pipelines;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>One direction of a forwarded connection.</summary>
internal static class PipeCopy
{
    private const int BatchBytes = 64 * 1024;

    /// <summary>Copies until the source ends or the destination takes no more; one flush for whatever has come, at most 64 KiB.</summary>
    public static async Task RunAsync(PipeReader source, PipeWriter destination, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await source.ReadAsync(cancellationToken);
            var batch = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, BatchBytes));
            foreach (var segment in batch)
            {
                destination.Write(segment.Span);
            }

            var isLast = read.IsCompleted && batch.Length == read.Buffer.Length;
            source.AdvanceTo(batch.End);
            var flush = await destination.FlushAsync(cancellationToken);
            if (flush.IsCompleted || isLast)
            {
                return;
            }
        }
    }
}
