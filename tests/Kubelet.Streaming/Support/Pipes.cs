using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Support;

internal static class Pipes
{
    /// <summary>Everything until the end.</summary>
    public static async Task<byte[]> ReadToEndAsync(this PipeReader reader)
    {
        var all = new MemoryStream();
        await reader.CopyToAsync(all, Deadline.Token());
        return all.ToArray();
    }

    /// <summary>Exactly as many bytes as the text has, as text.</summary>
    public static async Task<string> ReadTextAsync(this PipeReader reader, int count)
    {
        var read = await reader.ReadAtLeastAsync(count, Deadline.Token());
        var taken = read.Buffer.Slice(0, Math.Min(count, read.Buffer.Length));
        var text = Encoding.UTF8.GetString(taken.ToArray());
        reader.AdvanceTo(taken.End);
        return text;
    }

    public static async Task WriteTextAsync(this PipeWriter writer, string text) => await writer.WriteAsync(Encoding.UTF8.GetBytes(text), Deadline.Token());

    /// <summary>Sends back what comes until it ends.</summary>
    public static async Task EchoAsync(PipeReader input, PipeWriter output)
    {
        while (true)
        {
            var read = await input.ReadAsync(Deadline.Token());
            foreach (var segment in read.Buffer)
            {
                output.Write(segment.Span);
            }

            input.AdvanceTo(read.Buffer.End);
            var flush = await output.FlushAsync(Deadline.Token());
            if (read.IsCompleted || flush.IsCompleted)
            {
                return;
            }
        }
    }
}
