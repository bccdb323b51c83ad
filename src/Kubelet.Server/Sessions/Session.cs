using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Metrics;

namespace VirtualKubelet.Kubelet.Server.Sessions;

/// <summary>An upgraded connection with its place in the bound, the metrics and the log, all of which end with it.</summary>
internal sealed class Session : IDisposable
{
    private readonly IDisposable _slot;
    private readonly string _user;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _began;

    /// <param name="target">What it is about.</param>
    /// <param name="slot">The slot that was taken for it.</param>
    /// <param name="user">Who began it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public Session(SessionTarget target, IDisposable slot, string user, TimeProvider time, ILogger logger)
    {
        (Target, _slot, _user, _time, _logger) = (target, slot, user, time, logger);
        _began = time.GetTimestamp();
        SessionMetrics.Began(target.Kind);
    }

    public SessionTarget Target { get; }

    /// <summary>How it ended; failed unless somebody says otherwise.</summary>
    public SessionResult Result { get; set; } = SessionResult.Failed;

    /// <summary>The raw connection; whoever speaks on it owns it.</summary>
    public Stream Transport { get; private set; } = Stream.Null;

    /// <summary>The negotiated protocol; null when a WebSocket's client offered none.</summary>
    public string? Protocol { get; private set; }

    public bool IsWebSocket { get; private set; }

    /// <summary>The connection is upgraded.</summary>
    /// <param name="connection">The raw connection.</param>
    /// <param name="protocol">The negotiated protocol.</param>
    /// <param name="isWebSocket">Whether it is a WebSocket.</param>
    /// <param name="closed">Cancelled when the client has closed the connection.</param>
    public void Start(Stream connection, string? protocol, bool isWebSocket, CancellationToken closed)
    {
        (Transport, Protocol, IsWebSocket) = (new SessionStream(connection, Target.Kind, closed), protocol, isWebSocket);
        SessionLog.Began(_logger, Target, _user, isWebSocket ? "WebSocket" : "SPDY", protocol);
    }

    public void Dispose()
    {
        SessionLog.Ended(_logger, Target, _user, _time.GetElapsedTime(_began), Result);
        SessionMetrics.Ended(Target.Kind, Result);
        _slot.Dispose();
    }
}
