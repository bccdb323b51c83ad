using System.Net;
using System.Net.Http.Headers;
using System.Text;
using VirtualKubelet.Kubelet.Client.Connections;
using VirtualKubelet.Kubelet.Client.PortForward;
using VirtualKubelet.Kubelet.Client.Upgrades;
using VirtualKubelet.Kubelet.Streaming;
using VirtualKubelet.Kubelet.Streaming.PortForward;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Client;

/// <summary>Speaks to one kubelet, ours or any other. Requests may run side by side.</summary>
public sealed class KubeletClient : IDisposable
{
    /// <summary>As much of an error as the API server reads.</summary>
    private const int MaxErrorBytes = 50_000;

    private readonly KubeletClientOptions _options;
    private readonly HttpClient _http;
    private readonly string? _host;
    private readonly StreamingOptions _streaming;
    private volatile bool _mustUpgrade;

    /// <summary>Makes a client; it connects with the first request.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="IOException">A certificate file cannot be read.</exception>
    public KubeletClient(KubeletClientOptions options)
    {
        _options = options;
        _mustUpgrade = !options.SharesConnection;
        _host = KubeletHandler.HostFor(options);
        _streaming = new StreamingOptions
        {
            // A session may be silent for as long as it likes, if only the kubelet is there.
            IdleTimeout = Timeout.InfiniteTimeSpan,
            KeepAliveInterval = options.KeepAliveInterval,
            KeepAliveTimeout = options.KeepAliveTimeout,
        };
        _http = new HttpClient(KubeletHandler.Create(options))
        {
            BaseAddress = options.Server,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Ends all streams of logs; sessions live on until they are disposed themselves.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>
    /// Opens a container's log. The stream ends when the log is complete; a connection that breaks before is an
    /// <see cref="IOException"/> when reading, never an end. Disposing the stream ends the request.
    /// </summary>
    /// <exception cref="KubeletRequestException">The kubelet refused.</exception>
    /// <exception cref="HttpRequestException">The kubelet could not be reached, or its certificate is not the expected one.</exception>
    /// <exception cref="TimeoutException">No answer within <see cref="KubeletClientOptions.ResponseTimeout"/>.</exception>
    public Task<Stream> OpenLogsAsync(LogsRequest request, CancellationToken cancellationToken) =>
        OpenAsync(request.ToPathAndQuery(), cancellationToken);

    /// <summary>Opens the list of the node's pods, a v1 PodList in JSON.</summary>
    /// <inheritdoc cref="OpenLogsAsync" path="/exception"/>
    public Task<Stream> OpenPodsAsync(CancellationToken cancellationToken) => OpenAsync("/pods", cancellationToken);

    /// <summary>Runs a command in a container.</summary>
    /// <inheritdoc cref="UpgradeAsync" path="/exception"/>
    public async Task<RemoteCommandClientSession> ExecAsync(ExecRequest request, CancellationToken cancellationToken) =>
        await StartAsync(request.ToPathAndQuery(), request.Streams, cancellationToken);

    /// <summary>Joins a container's own streams.</summary>
    /// <inheritdoc cref="UpgradeAsync" path="/exception"/>
    public async Task<RemoteCommandClientSession> AttachAsync(AttachRequest request, CancellationToken cancellationToken) =>
        await StartAsync(request.ToPathAndQuery(), request.Streams, cancellationToken);

    /// <summary>
    /// Makes one connection to each of these ports, the way any kubelet knows. <see cref="ForwardPorts"/> is for more than that: it takes the better way where there is one.
    /// </summary>
    /// <inheritdoc cref="UpgradeAsync" path="/exception"/>
    public async Task<PortForwardClientSession> ConnectAsync(PortForwardRequest request, IReadOnlyList<int> ports, CancellationToken cancellationToken)
    {
        // Kubelets know v4 only; the list is kube-rs's, who sends the same one for everything.
        var upgrade = await UpgradeAsync(request.ToPathAndQuery(ports), new WebSocketHandshake(RemoteCommandProtocols.WebSocketClient), cancellationToken);
        try
        {
            return await PortForwardClientSession.OverWebSocketAsync(
                upgrade.Transport, upgrade.Protocol, ports, _streaming, TimeProvider.System, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new KubeletProtocolException(e.Message, e);
        }
    }

    /// <summary>
    /// Opens a session for any number of connections over SPDY, as kubectl does: every kubelet knows it, but not every proxy passes it on.
    /// </summary>
    /// <inheritdoc cref="UpgradeAsync" path="/exception"/>
    public async Task<PortForwardTunnel> OpenSpdyAsync(PortForwardRequest request, CancellationToken cancellationToken)
    {
        var upgrade = await UpgradeAsync(request.ToPathAndQuery([]), new SpdyHandshake(PortForwardProtocols.Spdy), cancellationToken);
        return PortForwardTunnel.OverSpdy(upgrade.Transport, _streaming, TimeProvider.System);
    }

    /// <summary>Opens the same session in a WebSocket. Kubelets before 1.36 refuse it, with a <see cref="KubeletRequestException"/>.</summary>
    /// <inheritdoc cref="UpgradeAsync" path="/exception"/>
    public async Task<PortForwardTunnel> OpenTunnelAsync(PortForwardRequest request, CancellationToken cancellationToken)
    {
        var upgrade = await UpgradeAsync(request.ToPathAndQuery([]), new WebSocketHandshake(PortForwardProtocols.Tunnel), cancellationToken);
        return PortForwardTunnel.OverWebSocket(upgrade.Transport, _streaming, TimeProvider.System);
    }

    /// <summary>Connections to a pod's ports as they are needed, in the best way that the kubelet takes. Nothing is sent yet.</summary>
    public PortForwarder ForwardPorts(PortForwardRequest request) => new(this, request, _streaming);

    private async Task<Stream> OpenAsync(string pathAndQuery, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.ResponseTimeout);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, pathAndQuery);
            var response = await SendAsync(message, HttpStatusCode.OK, limit.Token);

            // The token of the limit ends with this method and must not end the stream.
            return await response.Content.ReadAsStreamAsync(CancellationToken.None);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw NoAnswer(e);
        }
    }

    private async Task<RemoteCommandClientSession> StartAsync(string pathAndQuery, RemoteCommandStreams streams, CancellationToken cancellationToken)
    {
        if ((_mustUpgrade ? null : await OpenStreamAsync(pathAndQuery, cancellationToken)) is not { } upgrade)
        {
            upgrade = await UpgradeAsync(pathAndQuery, new WebSocketHandshake(RemoteCommandProtocols.WebSocketClient), cancellationToken);
            _mustUpgrade = true;
        }

        return RemoteCommandClientSession.OverWebSocket(upgrade.Transport, upgrade.Protocol, streams, _streaming, TimeProvider.System);
    }

    /// <summary>Opens a stream of the shared connection; null where the kubelet seems to know of no such thing.</summary>
    private async Task<(Stream Transport, string Protocol)?> OpenStreamAsync(string pathAndQuery, CancellationToken cancellationToken)
    {
        try
        {
            var (stream, protocol) = await UpgradeAsync(pathAndQuery, new StreamHandshake(RemoteCommandProtocols.WebSocketClient), cancellationToken);
            return (new StreamTransport(stream), protocol);
        }
        catch (HttpRequestException e) when (StreamHandshake.MayBeUnknown(e))
        {
            return null;
        }
        catch (KubeletRequestException e) when (StreamHandshake.MayBeUnknown(e))
        {
            return null;
        }
    }

    /// <summary>Turns a request into a raw connection, which is the caller's.</summary>
    /// <exception cref="KubeletRequestException">The kubelet refused.</exception>
    /// <exception cref="KubeletProtocolException">Its answer is no proper one.</exception>
    /// <exception cref="HttpRequestException">The kubelet could not be reached, or its certificate is not the expected one.</exception>
    /// <exception cref="TimeoutException">No answer within <see cref="KubeletClientOptions.ResponseTimeout"/>.</exception>
    private async Task<(Stream Transport, string Protocol)> UpgradeAsync(string pathAndQuery, IHandshake handshake, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.ResponseTimeout);
        using var message = new HttpRequestMessage(HttpMethod.Get, pathAndQuery);
        handshake.Ask(message);
        HttpResponseMessage response;
        try
        {
            response = await SendAsync(message, handshake.Accepted, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw NoAnswer(e);
        }

        try
        {
            return (await response.Content.ReadAsStreamAsync(CancellationToken.None), handshake.Check(response));
        }
        catch (KubeletProtocolException)
        {
            response.Dispose();
            throw;
        }
    }

    private TimeoutException NoAnswer(OperationCanceledException e) =>
        new($"{_options.Server} did not answer within {_options.ResponseTimeout.TotalSeconds} s", e);

    private static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxErrorBytes];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        if (ReadToken() is { } token)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        message.Headers.Host = _host;
        var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode == expected)
        {
            return response;
        }

        using (response)
        {
            throw new KubeletRequestException(response.StatusCode, await ReadErrorAsync(response, cancellationToken));
        }
    }

    // Not asynchronously: that is a change of threads, which costs a multiple of reading a small file.
    private string? ReadToken() => _options.TokenFile is { } path ? File.ReadAllText(path).Trim() : _options.BearerToken;
}
