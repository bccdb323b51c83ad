using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using VirtualKubelet.Benchmarks.Results;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>
/// A client that costs as little as a client over TLS can: one request, then the bytes as they come until the connection ends. It does not look
/// into the body, so that a chunked one costs it no more than another.
/// </summary>
internal static class BulkReader
{
    /// <summary>Reads one answer to its end.</summary>
    /// <returns>Bytes received, headers and chunk marks included, and the time since the request was sent.</returns>
    public static async Task<(long Bytes, TimeSpan Elapsed)> ReadAsync(Uri url, string token, CancellationToken cancellationToken)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(url.Host, url.Port, cancellationToken);
#pragma warning disable CA5359 // Loopback, and the agent made the certificate a second ago.
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync(url.Host);
        var request = $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n";
        var started = Stopwatch.GetTimestamp();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        return (await CountAsync(stream, url, cancellationToken), Stopwatch.GetElapsedTime(started));
    }

    private static async Task<long> CountAsync(SslStream stream, Uri url, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        var total = (long)await stream.ReadAtLeastAsync(buffer, 15, throwOnEndOfStream: false, cancellationToken);
        var head = Encoding.ASCII.GetString(buffer, 0, (int)Math.Min(total, 15));
        if (head != "HTTP/1.1 200 OK")
        {
            throw new BenchmarkException($"{url.AbsolutePath}: {head}");
        }

        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            total += read;
        }

        return total;
    }
}
