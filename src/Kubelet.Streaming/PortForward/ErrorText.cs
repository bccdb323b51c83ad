using System.IO.Pipelines;
using System.Text;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>Text on an error stream. It is for people, but to the client any of it means that forwarding is over.</summary>
internal static class ErrorText
{
    /// <summary>Writes the text, and half-closes the stream after the last one. Never fails: nobody is left to tell.</summary>
    public static async Task TellAsync(this IMultiplexedStream error, string text, bool isLast = false)
    {
        PipeWriter output = error.Output;
        await output.WriteAsync(Encoding.UTF8.GetBytes(text));
        if (isLast)
        {
            await output.CompleteAsync();
            error.Release();
        }
    }
}
