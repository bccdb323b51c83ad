using System.Text;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawResponse(string Head, string Body)
{
    public int Status => int.Parse(Head.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    public static async Task<RawResponse> ReadAsync(Stream stream)
    {
        using var bytes = new MemoryStream();
        try
        {
            await stream.CopyToAsync(bytes);
        }
        catch (IOException) when (bytes.Length > 0)
        {
            // A server that refuses the rest of a request may reset; what it said before counts.
        }

        var text = Encoding.UTF8.GetString(bytes.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end < 0 ? throw new InvalidDataException($"no HTTP answer: \"{text}\"") : new RawResponse(text[..(end + 2)], text[(end + 4)..]);
    }
}
