using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtualKubelet.Kubelet.Client.PortForward;
using VirtualKubelet.Kubelet.Client.Tests.Support;

namespace VirtualKubelet.Kubelet.Client.Tests;

/// <summary>A local port that leads to the pod's, with real sockets on both sides.</summary>
public sealed class PortForwardListenerTests
{
    private const int TestMilliseconds = 60_000;

    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Theory(Timeout = TestMilliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_local_connections_reach_the_pod_at_once(bool hasTunnel)
    {
        await using var kubelet = await ForwardKubelet.StartAsync(hasTunnel);
        await using var forwarding = new Forwarding(kubelet.Options, ForwardKubelet.Echo);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            using var local = await forwarding.ConnectAsync();
            var stream = local.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"local {i:00}"));
            var answer = new byte[8];
            await stream.ReadExactlyAsync(answer);
            Assert.Equal($"local {i:00}", Encoding.ASCII.GetString(answer));
        }));

        if (hasTunnel)
        {
            // Over channels the pod cannot be told that the program has left, and is not before a long silence.
            await kubelet.TargetsAsync();
        }

        Assert.Empty(forwarding.Failures);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_local_half_close_reaches_the_pod_and_its_answer_comes_back()
    {
        await using var kubelet = await ForwardKubelet.StartAsync();
        await using var forwarding = new Forwarding(kubelet.Options, ForwardKubelet.AnswersAtEnd);
        using var local = await forwarding.ConnectAsync();

        // A socket that was shut down gives no stream any more.
        using var reader = new StreamReader(local.GetStream());
        await local.GetStream().WriteAsync(new byte[300_000]);
        local.Client.Shutdown(SocketShutdown.Send);

        Assert.Equal("got 300000 bytes", await reader.ReadToEndAsync());
        await kubelet.TargetsAsync();
    }

    [Theory(Timeout = TestMilliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pod_that_closes_closes_the_local_connection_properly(bool hasTunnel)
    {
        await using var kubelet = await ForwardKubelet.StartAsync(hasTunnel);
        await using var forwarding = new Forwarding(kubelet.Options, ForwardKubelet.Greeter);
        using var local = await forwarding.ConnectAsync();

        Assert.Equal("hello from the pod", await ReadAsync(local));
        Assert.Empty(forwarding.Failures);
    }

    [Theory(Timeout = TestMilliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refused_port_is_told_and_only_its_connection_closed(bool hasTunnel)
    {
        await using var kubelet = await ForwardKubelet.StartAsync(hasTunnel);
        await using var forwarding = new Forwarding(kubelet.Options, 9);

        for (var i = 1; i <= 2; i++)
        {
            await AssertResetAsync(forwarding);
            await forwarding.FailuresAsync(i);
        }

        Assert.All(forwarding.Failures, f => Assert.StartsWith("error forwarding port 9 to pod pod-1", f));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task It_survives_a_kubelet_that_goes_and_comes_back()
    {
        var first = await ForwardKubelet.StartAsync();
        await using var forwarding = new Forwarding(first.Options with { PinnedCertificateFile = null, Insecure = true }, ForwardKubelet.Echo);
        using var cut = await forwarding.ConnectAsync();
        await cut.GetStream().WriteAsync(new byte[1]);
        await cut.GetStream().ReadExactlyAsync(new byte[1]);
        var port = first.Port;

        await first.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(cut));
        await AssertResetAsync(forwarding);
        await forwarding.FailuresAsync(2);

        await using var second = await ForwardKubelet.StartAsync(port: port);
        using var back = await forwarding.ConnectAsync();
        await back.GetStream().WriteAsync("back"u8.ToArray());
        var answer = new byte[4];
        await back.GetStream().ReadExactlyAsync(answer);
        Assert.Equal("back"u8, answer);
    }

    [Theory(Timeout = TestMilliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_it_closes_everything(bool hasTunnel)
    {
        await using var kubelet = await ForwardKubelet.StartAsync(hasTunnel);
        var forwarding = new Forwarding(kubelet.Options, ForwardKubelet.Echo);
        using var local = await forwarding.ConnectAsync();
        await local.GetStream().WriteAsync(new byte[1]);
        await local.GetStream().ReadExactlyAsync(new byte[1]);

        await forwarding.DisposeAsync();

        await kubelet.TargetsAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(local));
        await Assert.ThrowsAnyAsync<SocketException>(() => forwarding.ConnectAsync());
        Assert.Empty(forwarding.Failures);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_taken_address_is_an_error_at_once()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var client = new KubeletClient(new KubeletClientOptions { Server = new Uri("https://127.0.0.1:1") });
        await using var forwarder = client.ForwardPorts(new PortForwardRequest("ns", "p"));

        Assert.Throws<SocketException>(() => new PortForwardListener(forwarder, (IPEndPoint)taken.LocalEndpoint, 80, _ => { }));
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync();
    }

    /// <summary>A new local connection is reset, if need be before its program has heard that there is one.</summary>
    private static async Task AssertResetAsync(Forwarding forwarding)
    {
        var error = await Record.ExceptionAsync(async () =>
        {
            using var local = await forwarding.ConnectAsync();
            await ReadAsync(local);
        });
        Assert.True(error is IOException or SocketException, $"{error}");
    }

    /// <summary>A listener at work.</summary>
    private sealed class Forwarding : IAsyncDisposable
    {
        private readonly KubeletClient _client;
        private readonly PortForwarder _forwarder;
        private readonly PortForwardListener _listener;
        private readonly CancellationTokenSource _stop = new();
        private readonly SemaphoreSlim _told = new(0);
        private readonly Task _running;
        private int _awaited;
        private bool _isDisposed;

        public Forwarding(KubeletClientOptions options, int port)
        {
            _client = new KubeletClient(options);
            _forwarder = _client.ForwardPorts(new PortForwardRequest("ns", "p"));
            _listener = new PortForwardListener(_forwarder, AnyPort, port, words =>
            {
                Failures.Enqueue(words);
                _told.Release();
            });
            _running = _listener.RunAsync(_stop.Token);
        }

        public ConcurrentQueue<string> Failures { get; } = [];

        public async Task FailuresAsync(int count)
        {
            for (; _awaited < count; _awaited++)
            {
                await _told.WaitAsync();
            }
        }

        public async Task<TcpClient> ConnectAsync()
        {
            var client = new TcpClient();
            await client.ConnectAsync(_listener.Local);
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
            await _listener.DisposeAsync();
            await _forwarder.DisposeAsync();
            _client.Dispose();
            _stop.Dispose();
            _told.Dispose();
        }
    }
}
