namespace VirtualKubelet.Kubelet.Streaming;

/// <summary>
/// One upgraded connection that carries several byte streams: the seam between what is said (remote command, port-forward) and how it
/// travels (SPDY, WebSocket channels).
/// </summary>
internal interface IMultiplexer : IAsyncDisposable
{
    /// <summary>Cancelled when the connection is of no more use: the peer left, broke the protocol, was idle too long, or it was closed here.</summary>
    CancellationToken PeerGone { get; }

    /// <summary>Whether the end of one direction of a stream can be told; otherwise only the end of the connection can.</summary>
    bool HasHalfClose { get; }

    /// <summary>The next stream of the peer, or null when no more will come. Its headers tell what it is for.</summary>
    ValueTask<IMultiplexedStream?> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Resets what is still open, says goodbye as the last thing written, and discards input until the peer has closed or the linger time is over.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}
