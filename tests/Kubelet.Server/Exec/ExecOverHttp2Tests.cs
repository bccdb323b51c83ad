using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using VirtualKubelet.Kubelet.Server.Hosting;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Kubelet.Server.Tests.Exec;

/// <summary>Sessions as streams of one HTTP/2 connection (RFC 8441), asked for by .NET's own WebSocket.</summary>
public sealed class ExecOverHttp2Tests : IDisposable
{
    private const string Path = "/exec/ns/p/c?command=sh&input=1&output=1";
    private const byte Stdin = 0;
    private const byte Stdout = 1;
    private const byte Error = 3;

    private readonly HttpMessageInvoker _http;
    private int _connections;

    public ExecOverHttp2Tests() => _http = new HttpMessageInvoker(new SocketsHttpHandler
    {
        ConnectCallback = ConnectAsync,
        SslOptions = new SslClientAuthenticationOptions
        {
#pragma warning disable CA5359 // Tests of TLS have clients of their own.
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        },
    });

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task More_than_a_request_may_bring_goes_in_and_comes_out_again()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.CatAsync;
        using var socket = await OpenAsync(kubelet);
        var data = new byte[1 << 20];
        Random.Shared.NextBytes(data);

        var receiving = ReceiveAllAsync(socket);
        foreach (var piece in data.Chunk(32 * 1024))
        {
            await SendAsync(socket, [Stdin, .. piece]);
        }

        await SendAsync(socket, [255, Stdin]);
        var messages = await receiving;

        Assert.Equal("v5.channel.k8s.io", socket.SubProtocol);
        Assert.Equal(data, messages.Where(m => m[0] == Stdout).SelectMany(m => m[1..]));
        Assert.Contains("Success", Encoding.UTF8.GetString(Assert.Single(messages, m => m[0] == Error)), StringComparison.Ordinal);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X15")]
    public async Task Sessions_that_take_nothing_hold_up_no_other_of_their_connection()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = (request, streams, cancellationToken) =>
            request.Command[0] == "cat" ? Commands.CatAsync(request, streams, cancellationToken) : Commands.SleepAsync(request, streams, cancellationToken);
        var stalled = new List<ClientWebSocket>();
        var floods = new List<Task>();
        for (var i = 0; i < 60; i++)
        {
            var socket = await OpenAsync(kubelet, Path.Replace("=sh", "=sleep", StringComparison.Ordinal));
            stalled.Add(socket);
            floods.Add(FloodAsync(socket));
        }

        await Assert.ThrowsAsync<TimeoutException>(() => Task.WhenAny(floods).WaitAsync(TimeSpan.FromSeconds(1)));

        using (var other = await OpenAsync(kubelet, Path.Replace("=sh", "=cat", StringComparison.Ordinal)))
        {
            for (var i = 0; i < 10; i++)
            {
                await SendAsync(other, [Stdin, .. "hello"u8]);
                Assert.Equal("hello", await ReceiveTextAsync(other, 5));
            }
        }

        Assert.Equal(1, _connections);
        stalled.ForEach(socket => socket.Dispose());
        await Waiting.UntilAsync(() => kubelet.Provider.Running == 0);
        await Task.WhenAll(floods);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X18")]
    public async Task A_client_that_leaves_one_session_has_left_that_one_only()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = (request, streams, cancellationToken) =>
            request.Command[0] == "cat" ? Commands.CatAsync(request, streams, cancellationToken) : Commands.SleepAsync(request, streams, cancellationToken);
        using var staying = await OpenAsync(kubelet, Path.Replace("=sh", "=cat", StringComparison.Ordinal));
        var leaving = await OpenAsync(kubelet);
        Assert.Equal("ready", await ReceiveTextAsync(leaving, 5));

        leaving.Abort();

        await Waiting.UntilAsync(() => kubelet.Provider.Running == 1);
        await SendAsync(staying, [Stdin, .. "still here"u8]);
        Assert.Equal("still here", await ReceiveTextAsync(staying, 10));
        Assert.Equal(1, _connections);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("/exec/ns/p/c?output=1", HttpStatusCode.BadRequest)]
    [InlineData("/exec/ns/nope/c?command=true&output=1", HttpStatusCode.NotFound)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/pods", HttpStatusCode.MethodNotAllowed)]
    [InlineData("/containerLogs/ns/p/c", HttpStatusCode.MethodNotAllowed)]
    public async Task What_is_refused_elsewhere_is_refused_here_and_no_other_route_can_be_connected_to(string path, HttpStatusCode status)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        Assert.Equal(status, await RefusalOfAsync(kubelet, path, kubelet.Token, "v5.channel.k8s.io"));
        Assert.Empty(kubelet.Provider.Execs);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("wrong", "v5.channel.k8s.io", HttpStatusCode.Unauthorized)]
    [InlineData(null, "v9.channel.k8s.io", HttpStatusCode.Forbidden)]
    public async Task Nobody_gets_in_without_a_token_or_without_a_known_protocol(string? token, string protocol, HttpStatusCode status)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        Assert.Equal(status, await RefusalOfAsync(kubelet, Path, token ?? kubelet.Token, protocol));
        Assert.Empty(kubelet.Provider.Execs);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X23")]
    public async Task When_the_server_stops_the_session_is_told()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.SleepAsync;
        using var socket = await OpenAsync(kubelet);
        Assert.Equal("ready", await ReceiveTextAsync(socket, 5));

        var stopping = kubelet.Server.StopAsync(CancellationToken.None);
        var messages = await ReceiveAllAsync(socket);

        Assert.Contains("the node agent is stopping", Encoding.UTF8.GetString(Assert.Single(messages, m => m[0] == Error)), StringComparison.Ordinal);
        socket.Dispose();
        await stopping.WaitAsync(Deadline.Long);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_client_that_never_lets_go_of_its_session_does_not_hold_up_a_stopping_server()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.SleepAsync;
        using var socket = await OpenAsync(kubelet);
        Assert.Equal("ready", await ReceiveTextAsync(socket, 5));

        // Kestrel alone would wait for half a minute.
        await kubelet.Server.StopAsync(CancellationToken.None).WaitAsync(2 * ServerLimits.StoppedSession);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A7")]
    public async Task It_is_a_get_of_the_nodes_proxy_as_any_WebSocket()
    {
        await using var api = await ReviewingServer.StartAsync();
        await using var kubelet = await TestKubelet.StartAsync(access: o => o with { Reviews = api.Reviews });
        using var socket = await OpenAsync(kubelet);
        await ReceiveAllAsync(socket);

        var asked = Assert.Single(api.AccessSpecs);
        Assert.Equal(("get", "proxy"), (asked.Text("resourceAttributes.verb"), asked.Text("resourceAttributes.subresource")));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_token_among_the_offered_protocols_is_as_good_as_in_a_header()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Provider.Exec = Commands.Print("hello", "", 0);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.AddSubProtocol("base64url.bearer.authorization.k8s.io." + System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(kubelet.Token)));
        socket.Options.AddSubProtocol("v5.channel.k8s.io");

        await ConnectAsync(kubelet, socket, Path);

        Assert.Equal("hello", await ReceiveTextAsync(socket, 5));
        Assert.Equal("v5.channel.k8s.io", socket.SubProtocol);
    }

    public void Dispose() => _http.Dispose();

    private static ClientWebSocket Make(string token, string protocol)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        socket.Options.AddSubProtocol(protocol);
        return socket;
    }

    private static async Task SendAsync(ClientWebSocket socket, byte[] message)
    {
        using var deadline = new CancellationTokenSource(Deadline.Long);
        await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, deadline.Token);
    }

    /// <summary>Sends without end, until the socket is gone.</summary>
    private static async Task FloodAsync(ClientWebSocket socket)
    {
        try
        {
            for (var block = new byte[16 * 1024]; ;)
            {
                await socket.SendAsync(block, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // As it should be.
        }
    }

    private static async Task<byte[]?> ReceiveAsync(ClientWebSocket socket)
    {
        using var deadline = new CancellationTokenSource(Deadline.Long);
        var (buffer, message) = (new byte[64 * 1024], new List<byte>());
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, deadline.Token);
            message.AddRange(buffer.AsSpan(0, part.Count));
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (part.EndOfMessage)
            {
                return [.. message];
            }
        }
    }

    private static async Task<List<byte[]>> ReceiveAllAsync(ClientWebSocket socket)
    {
        var messages = new List<byte[]>();
        while (await ReceiveAsync(socket) is { } message)
        {
            messages.Add(message);
        }

        return messages;
    }

    private static async Task<string> ReceiveTextAsync(ClientWebSocket socket, int length)
    {
        var text = "";
        while (text.Length < length)
        {
            var message = await ReceiveAsync(socket) ?? throw new EndOfStreamException($"the session ended behind \"{text}\"");
            text += message[0] == Stdout ? Encoding.UTF8.GetString(message[1..]) : "";
        }

        return text;
    }

    private async Task<ClientWebSocket> OpenAsync(TestKubelet kubelet, string path = Path)
    {
        var socket = Make(kubelet.Token, "v5.channel.k8s.io");
        await ConnectAsync(kubelet, socket, path);
        return socket;
    }

    private async Task<HttpStatusCode> RefusalOfAsync(TestKubelet kubelet, string path, string token, string protocol)
    {
        using var socket = Make(token, protocol);
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(kubelet, socket, path));
        return socket.HttpStatusCode;
    }

    private async Task ConnectAsync(TestKubelet kubelet, ClientWebSocket socket, string path)
    {
        using var deadline = new CancellationTokenSource(Deadline.Long);
        await socket.ConnectAsync(new Uri($"wss://{kubelet.Server.Endpoint}{path}"), _http, deadline.Token);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connections);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
