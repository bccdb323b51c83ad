using System.IO.Pipelines;
using System.Text;

namespace VirtualKubelet.Kubelet.Client.Tests.Support;

internal static class Texts
{
    /// <summary>Everything until the end.</summary>
    public static async Task<byte[]> BytesAsync(this PipeReader reader)
    {
        using var all = new MemoryStream();
        await reader.CopyToAsync(all);
        return all.ToArray();
    }

    /// <summary>Everything until the end, as text.</summary>
    public static async Task<string> TextAsync(this PipeReader reader) => Encoding.UTF8.GetString(await reader.BytesAsync());

    public static async Task WriteTextAsync(this PipeWriter writer, string text) => await writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Exactly as many bytes as the text is expected to have.</summary>
    public static async Task<string> TextAsync(this PipeReader reader, int count)
    {
        var read = await reader.ReadAtLeastAsync(count);
        var taken = read.Buffer.Slice(0, Math.Min(count, read.Buffer.Length));
        var text = Encoding.UTF8.GetString(taken);
        reader.AdvanceTo(taken.End);
        return text;
    }
}
