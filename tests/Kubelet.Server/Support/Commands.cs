using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>What containers do in tests.</summary>
internal static class Commands
{
    /// <summary>Sends back all input, then ends.</summary>
    public static async Task<int> CatAsync(ExecRequest request, ContainerStreams streams, CancellationToken cancellationToken)
    {
        await CopyAsync(streams.Stdin!, streams.Stdout!, cancellationToken);
        return 0;
    }

    /// <summary>Says that it is there and runs until it is cancelled.</summary>
    public static async Task<int> SleepAsync(ExecRequest request, ContainerStreams streams, CancellationToken cancellationToken)
    {
        await PrintAsync(streams.Stdout, "ready", cancellationToken);
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }

    /// <summary>Prints something and ends.</summary>
    public static Func<ExecRequest, ContainerStreams, CancellationToken, Task<int>> Print(string text, string errors, int exitCode) =>
        async (_, streams, cancellationToken) =>
        {
            await PrintAsync(streams.Stdout, text, cancellationToken);
            await PrintAsync(streams.Stderr, errors, cancellationToken);
            return exitCode;
        };

    public static async Task PrintAsync(PipeWriter? output, string text, CancellationToken cancellationToken)
    {
        if (output is not null)
        {
            await output.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        }
    }

    public static async Task CopyAsync(PipeReader input, PipeWriter output, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
            {
                output.Write(segment.Span);
            }

            input.AdvanceTo(read.Buffer.End);
            var flush = await output.FlushAsync(cancellationToken);
            if (read.IsCompleted || flush.IsCompleted)
            {
                return;
            }
        }
    }
}
