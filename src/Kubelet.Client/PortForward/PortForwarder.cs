using System.Net;
using VirtualKubelet.Kubelet.Streaming;
using VirtualKubelet.Kubelet.Streaming.PortForward;

namespace VirtualKubelet.Kubelet.Client.PortForward;

/// <summary>
/// Connections to a pod's ports as they are needed. Each has a SPDY session of its own, in a WebSocket where nothing else gets through, so that ends can be told and one that
/// nobody reads holds up no other; one more waits in reserve, so that the next connection need not wait for handshakes. Where neither is to be had, each gets WebSocket
/// channels, which cannot tell half-closes.
/// </summary>
public sealed class PortForwarder : IAsyncDisposable
{
    private readonly KubeletClient _client;
    private readonly PortForwardRequest _request;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private PortForwardTunnel? _reserve;
    private Task _replenishing = Task.CompletedTask;
    private volatile PortForwardWay _way;

    internal PortForwarder(KubeletClient client, PortForwardRequest request, StreamingOptions options) =>
        (_client, _request, Options) = (client, request, options);

    /// <summary>The bounds connections are kept in; what relays them needs the same ones.</summary>
    internal StreamingOptions Options { get; }

    /// <summary>Connects to a port of the pod. That nothing listens there shows later, in <see cref="ForwardedConnection.Failure"/>.</summary>
    /// <inheritdoc cref="KubeletClient.OpenTunnelAsync" path="/exception"/>
    public async Task<ForwardedConnection> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        if (TakeReserve() is { } reserve && await TryConnectAsync(reserve, port, cancellationToken) is { } early)
        {
            return early;
        }

        if (await OpenAsync(cancellationToken) is { } tunnel)
        {
            return await ConnectAsync(tunnel, port, cancellationToken);
        }

        try
        {
            return (await _client.ConnectAsync(_request, [port], cancellationToken)).Connections[0];
        }
        catch (HttpRequestException)
        {
            // Whoever answers when it is back may know more.
            _way = PortForwardWay.Spdy;
            throw;
        }
    }

    /// <summary>Asks the kubelet before the first connection does: shows early that there is no such pod, for one.</summary>
    /// <returns>Whether connections can tell half-closes.</returns>
    /// <inheritdoc cref="KubeletClient.OpenTunnelAsync" path="/exception"/>
    public async Task<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        if (await OpenAsync(cancellationToken) is not { } tunnel)
        {
            return false;
        }

        await KeepAsync(tunnel);
        return true;
    }

    /// <summary>Lets go of the reserve. Connections live on until they are disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _replenishing;
        if (TakeReserve() is { } reserve)
        {
            await reserve.DisposeAsync();
        }

        _stopping.Dispose();
    }

    /// <summary>Whether asking in another way would not help. A 403 without a word is how a kubelet refuses a protocol, and no denial.</summary>
    private static bool IsFinal(KubeletRequestException e) =>
        e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound or HttpStatusCode.TooManyRequests
        || (e.Status == HttpStatusCode.Forbidden && e.Body.Length > 0);

    private PortForwardTunnel? TakeReserve() => Interlocked.Exchange(ref _reserve, null);

    /// <summary>Null when the tunnel has ended while it waited, perhaps long ago.</summary>
    private async Task<ForwardedConnection?> TryConnectAsync(PortForwardTunnel tunnel, int port, CancellationToken cancellationToken)
    {
        try
        {
            return await ConnectAsync(tunnel, port, cancellationToken);
        }
        catch (IOException) when (tunnel.Closed.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<ForwardedConnection> ConnectAsync(PortForwardTunnel tunnel, int port, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await tunnel.ConnectOnlyAsync(port, cancellationToken);
            Replenish();
            return connection;
        }
        catch
        {
            await tunnel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Null when only WebSocket channels are to be had.</summary>
    private async Task<PortForwardTunnel?> OpenAsync(CancellationToken cancellationToken)
    {
        while (_way is not PortForwardWay.Channels and var way)
        {
            try
            {
                return way == PortForwardWay.Spdy
                    ? await _client.OpenSpdyAsync(_request, cancellationToken)
                    : await _client.OpenTunnelAsync(_request, cancellationToken);
            }
            catch (Exception e) when (e is KubeletProtocolException || (e is KubeletRequestException refusal && !IsFinal(refusal)))
            {
                _way = way + 1;
            }
        }

        return null;
    }

    private void Replenish()
    {
        lock (_gate)
        {
            if (_replenishing.IsCompleted && _reserve is null && !_stopping.IsCancellationRequested)
            {
                _replenishing = Task.Run(ReplenishAsync);
            }
        }
    }

    private async Task ReplenishAsync()
    {
        try
        {
            await PrepareAsync(_stopping.Token);
        }
        catch (Exception e) when (e is KubeletRequestException or KubeletProtocolException or HttpRequestException or TimeoutException or IOException or OperationCanceledException)
        {
            // The next connection meets the same, and has somebody to tell it to.
        }
    }

    private async Task KeepAsync(PortForwardTunnel tunnel)
    {
        if (Interlocked.Exchange(ref _reserve, tunnel) is { } another)
        {
            await another.DisposeAsync();
        }
    }
}
