using System.Net;
using VirtualKubelet.Kubelet.Streaming;
using VirtualKubelet.Kubelet.Streaming.PortForward;

namespace VirtualKubelet.Kubelet.Client.PortForward;

/// <summary>
/// Connections to a pod's ports as they are needed: all in one tunnel where the kubelet has it, otherwise each in a WebSocket of its own, which cannot tell half-closes.
/// A tunnel that breaks takes its connections along; the next connection opens another.
/// </summary>
public sealed class PortForwarder : IAsyncDisposable
{
    private readonly KubeletClient _client;
    private readonly PortForwardRequest _request;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private PortForwardTunnel? _tunnel;
    private bool _hasNoTunnel;

    internal PortForwarder(KubeletClient client, PortForwardRequest request, StreamingOptions options) =>
        (_client, _request, Options) = (client, request, options);

    /// <summary>The bounds connections are kept in; what relays them needs the same ones.</summary>
    internal StreamingOptions Options { get; }

    /// <summary>Connects to a port of the pod. That nothing listens there shows later, in <see cref="ForwardedConnection.Failure"/>.</summary>
    /// <inheritdoc cref="KubeletClient.OpenTunnelAsync" path="/exception"/>
    public async Task<ForwardedConnection> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        while (await PrepareAsync(cancellationToken) is { } tunnel)
        {
            try
            {
                return await tunnel.ConnectAsync(port, cancellationToken);
            }
            catch (IOException) when (tunnel.Closed.IsCancellationRequested)
            {
                // It ended just now, perhaps long dead: the next one is either new or fails for a reason of its own.
            }
        }

        try
        {
            return (await _client.ConnectAsync(_request, [port], cancellationToken)).Connections[0];
        }
        catch (HttpRequestException)
        {
            // Whoever answers when it is back may know tunnels.
            _hasNoTunnel = false;
            throw;
        }
    }

    /// <summary>Opens the tunnel if there is none and the kubelet has them. Calling it early shows early that there is no such pod, for one.</summary>
    /// <inheritdoc cref="KubeletClient.OpenTunnelAsync" path="/exception"/>
    public async Task<PortForwardTunnel?> PrepareAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_tunnel is { Closed.IsCancellationRequested: true } ended)
            {
                _tunnel = null;
                await ended.DisposeAsync();
            }

            return _hasNoTunnel ? null : _tunnel ??= await _client.OpenTunnelAsync(_request, cancellationToken);
        }
        catch (KubeletRequestException e) when (!IsFinal(e))
        {
            // A kubelet in trouble may know tunnels all the same, once it is out of it.
            _hasNoTunnel = e.Status < HttpStatusCode.InternalServerError;
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes the tunnel with all its connections; those with a WebSocket of their own live on until they are disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_tunnel is not null)
        {
            await _tunnel.DisposeAsync();
        }

        _turn.Dispose();
    }

    /// <summary>Whether asking in another way would not help. A 403 without a word is how a kubelet refuses a protocol, and no denial.</summary>
    private static bool IsFinal(KubeletRequestException e) =>
        e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound || (e.Status == HttpStatusCode.Forbidden && e.Body.Length > 0);
}
