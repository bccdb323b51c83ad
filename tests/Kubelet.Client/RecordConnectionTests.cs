using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VirtualKubelet.Kubelet.Client.Connections;

namespace VirtualKubelet.Kubelet.Client.Tests;

public sealed class RecordConnectionTests
{
    private const int Timeout = 60_000;
    private const int FrameBytes = 64 * 1024;

    [Fact(Timeout = Timeout)]
    public async Task What_was_written_at_once_is_sent_and_read_at_once()
    {
        await using var pair = await TlsPair.CreateAsync();
        var written = Bytes(FrameBytes, seed: 1);
        await pair.Client.WriteAsync(written);
        while (pair.ServerSocket.Available < FrameBytes)
        {
            await Task.Delay(1);
        }

        var read = new byte[FrameBytes];
        Assert.Equal(FrameBytes, await pair.Server.ReadAsync(read));
        Assert.True(read.AsSpan().SequenceEqual(written));
    }

    [Fact(Timeout = Timeout)]
    public async Task Much_both_ways_at_once_in_pieces_of_any_size_arrives_unchanged()
    {
        await using var pair = await TlsPair.CreateAsync();
        var (up, down) = (Bytes(20_000_000, seed: 2), Bytes(20_000_000, seed: 3));

        await Task.WhenAll(
            WriteAsync(pair.Client, up, seed: 4), WriteAsync(pair.Server, down, seed: 5), CheckAsync(pair.Server, up, seed: 6), CheckAsync(pair.Client, down, seed: 7));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_small_message_is_not_held_back_for_what_follows()
    {
        await using var pair = await TlsPair.CreateAsync();
        var buffer = new byte[FrameBytes];
        for (var i = 1; i < 2000; i += 97)
        {
            await pair.Client.WriteAsync(new byte[i]);
            var count = 0;
            while (count < i)
            {
                count += await pair.Server.ReadAsync(buffer);
            }

            await pair.Server.WriteAsync(new byte[1]);
            Assert.Equal(1, await pair.Client.ReadAsync(buffer));
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task The_end_of_the_other_side_is_the_end()
    {
        await using var pair = await TlsPair.CreateAsync();
        await pair.Client.WriteAsync(new byte[40_000]);
        await pair.Client.DisposeAsync();
        var (count, buffer) = (0, new byte[FrameBytes]);
        while (await pair.Server.ReadAsync(buffer) is var read and > 0)
        {
            count += read;
        }

        Assert.Equal(40_000, count);
    }

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task WriteAsync(Stream stream, byte[] bytes, int seed)
    {
        var random = new Random(seed);
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(random.Next(1, 3 * FrameBytes), bytes.Length - at);
            await stream.WriteAsync(bytes.AsMemory(at, count));
            at += count;
        }
    }

    private static async Task CheckAsync(Stream stream, byte[] bytes, int seed)
    {
        var random = new Random(seed);
        var buffer = new byte[2 * FrameBytes];
        for (var at = 0; at < bytes.Length;)
        {
            Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));
            var count = await stream.ReadAsync(buffer.AsMemory(0, random.Next(1, buffer.Length)));
            Assert.True(count > 0 && buffer.AsSpan(0, count).SequenceEqual(bytes.AsSpan(at, count)), $"after {at} bytes");
            at += count;
        }
    }

    /// <summary>Two ends of a TLS connection, both on top of a <see cref="RecordConnection"/>.</summary>
    private sealed class TlsPair(Stream client, Stream server, Socket serverSocket) : IAsyncDisposable
    {
        public Stream Client => client;

        public Stream Server => server;

        public Socket ServerSocket => serverSocket;

        public static async Task<TlsPair> CreateAsync()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256)
                .CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var dialled = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await dialled.ConnectAsync(listener.LocalEndpoint);
            var accepted = await listener.AcceptSocketAsync();
            var (near, far) = (new RecordConnection(dialled), new RecordConnection(accepted));
            var (client, server) = (new SslStream(near), new SslStream(far));
#pragma warning disable CA5359 // The test made the certificate a moment ago.
            var options = new SslClientAuthenticationOptions { TargetHost = "test", RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
            await Task.WhenAll(client.AuthenticateAsClientAsync(options), server.AuthenticateAsServerAsync(certificate));
            return new TlsPair(near.Above(client), far.Above(server), accepted);
        }

        public async ValueTask DisposeAsync()
        {
            await client.DisposeAsync();
            await server.DisposeAsync();
        }
    }
}
