using System.Text;

namespace VirtualKubelet.Testing.Streaming;

/// <summary>An answer as it came over the wire.</summary>
public sealed record RawResponse(string Head, string Body)
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

    /// <summary>Reads an answer and not a byte more: its head, and a body whose length it tells.</summary>
    public static async Task<RawResponse> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var octet = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(octet);
            head.Append((char)octet[0]);
        }

        var response = new RawResponse(head.ToString(0, head.Length - 2), "");
        if (response.Headers("Content-Length") is not [var length])
        {
            return response;
        }

        var body = new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        return response with { Body = Encoding.UTF8.GetString(body) };
    }

    /// <summary>The values of a header, line by line.</summary>
    public IReadOnlyList<string> Headers(string name) =>
    [
        .. Head.Split("\r\n").Where(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 2)..]),
    ];
}
