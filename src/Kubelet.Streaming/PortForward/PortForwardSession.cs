using System.Collections.Concurrent;
using System.Globalization;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>Pairs the streams of one connection and serves each pair by itself.</summary>
internal sealed class PortForwardSession(
    IMultiplexer connection, PortConnector connect, PortForwardPod pod, StreamingOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StreamPair> _pending = [];
    private readonly ConcurrentDictionary<StreamPair, Task> _running = new();

    /// <summary>Runs until no more streams can come and every pair has ended, or until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.PeerGone);
        try
        {
            while (await connection.AcceptAsync(stop.Token) is { } stream)
            {
                Admit(stream);
            }

            await Task.WhenAll(_running.Values).WaitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Closing the connection, below, ends whatever is still going on.
        }
        finally
        {
            await CloseAsync();
        }
    }

    private static bool TryRead(IMultiplexedStream stream, out int port, out bool isData)
    {
        var type = stream.Header(StreamHeaders.StreamType);
        isData = string.Equals(type, StreamHeaders.Data, StringComparison.OrdinalIgnoreCase);
        return ForwardedPorts.TryParsePort(stream.Header(StreamHeaders.Port), out port)
            && (isData || string.Equals(type, StreamHeaders.Error, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Very old clients send no request id, but always open the error stream first and the data stream next.</summary>
    private static string KeyOf(IMultiplexedStream stream, bool isData)
    {
        if (stream.Header(StreamHeaders.RequestId) is { Length: > 0 } requestId)
        {
            return requestId;
        }

        var id = uint.Parse(stream.Header(StreamHeaders.StreamId) ?? "0", CultureInfo.InvariantCulture);
        return (isData ? id - 2 : id).ToString(CultureInfo.InvariantCulture);
    }

    private void Admit(IMultiplexedStream stream)
    {
        if (!TryRead(stream, out var port, out var isData))
        {
            stream.Reset();
            return;
        }

        stream.Accept();
        var key = KeyOf(stream, isData);
        StreamPair? pair;
        bool isAdded;
        lock (_gate)
        {
            if (!_pending.TryGetValue(key, out pair))
            {
                pair = new StreamPair(key);
                _pending.Add(key, pair);
                pair.Timeout = time.CreateTimer(_ => GiveUp(pair), null, options.StreamCreationTimeout, Timeout.InfiniteTimeSpan);
            }

            isAdded = pair.TryAdd(stream, isData);
            if (pair.IsComplete)
            {
                _pending.Remove(key);
            }
        }

        if (!isAdded)
        {
            stream.Reset();
            pair.Error?.TellAsync($"error processing stream for request {key}: {(isData ? "data" : "error")} stream already assigned");
        }
        else if (pair.IsComplete)
        {
            pair.Timeout?.Dispose();
            Start(pair);
        }
    }

    private void Start(StreamPair pair)
    {
        _ = ForwardedPorts.TryParsePort(pair.Data!.Header(StreamHeaders.Port), out var port);
        var forwarding = new Forwarding(pair.Data, pair.Error!, port, connection.HasHalfClose, pod, options, time);
        var run = forwarding.RunAsync(connect);
        _running[pair] = run;
        _ = run.ContinueWith(_ => _running.TryRemove(pair, out Task? _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void GiveUp(StreamPair pair)
    {
        lock (_gate)
        {
            if (pair.IsComplete || !_pending.Remove(pair.Key))
            {
                return;
            }
        }

        pair.Timeout?.Dispose();
        pair.Data?.Reset();
        pair.Error?.TellAsync($"(conn=port-forward, request={pair.Key}) timed out waiting for streams", isLast: true);
    }

    private async Task CloseAsync()
    {
        using var bound = new CancellationTokenSource(options.LingerTimeout * 2, time);
        try
        {
            await connection.CloseAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            // The client takes nothing, not even a goodbye.
            await connection.DisposeAsync();
        }

        lock (_gate)
        {
            foreach (var pair in _pending.Values)
            {
                pair.Timeout?.Dispose();
            }

            _pending.Clear();
        }

        await Task.WhenAll(_running.Values);
    }
}
