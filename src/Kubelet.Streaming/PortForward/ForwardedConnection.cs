using System.IO.Pipelines;
using System.Text;

namespace VirtualKubelet.Kubelet.Streaming.PortForward;

/// <summary>The client's side of one connection to a port of the pod. Both pipes are bounded. Disposing it closes the connection.</summary>
public sealed class ForwardedConnection : IDuplexPipe, IAsyncDisposable
{
    private const int MaxErrorBytes = 16 * 1024;

    private readonly IMultiplexedStream _data;
    private readonly IMultiplexedStream _error;
    private readonly Func<string?> _ending;
    private readonly Func<ValueTask> _close;
    private int _isDisposed;

    /// <param name="port">The pod's port.</param>
    /// <param name="hasHalfClose">Whether the end of the output can be told.</param>
    /// <param name="data">Carries the bytes.</param>
    /// <param name="error">Carries the kubelet's words.</param>
    /// <param name="ending">What went wrong with the connection to the kubelet, if anything.</param>
    /// <param name="close">Closes what belongs to this connection alone.</param>
    internal ForwardedConnection(
        int port, bool hasHalfClose, IMultiplexedStream data, IMultiplexedStream error, Func<string?> ending, Func<ValueTask> close)
    {
        (Port, HasHalfClose, _data, _error, _ending, _close) = (port, hasHalfClose, data, error, ending, close);
        Failure = ReadFailureAsync();
    }

    /// <summary>The pod's port.</summary>
    public int Port { get; }

    /// <summary>Whether completing the output tells the pod its end, which only a tunnel can; otherwise it has no effect.</summary>
    public bool HasHalfClose { get; }

    /// <summary>What the pod sends; ends when the pod has closed, and also when the connection broke: see <see cref="Aborted"/>.</summary>
    public PipeReader Input => _data.Input;

    /// <summary>What the pod gets. Flushes wait for the kubelet; <c>IsCompleted</c> means that nobody takes it any more.</summary>
    public PipeWriter Output => _data.Output;

    /// <summary>
    /// Cancelled when the connection broke, before the input ends. Without half-close it is cancelled at every end, as nothing but the whole transport can end then:
    /// <see cref="Failure"/> tells whether it was a proper one.
    /// </summary>
    public CancellationToken Aborted => _data.Aborted;

    /// <summary>Completes when the pod or the kubelet has ended the connection: null when all was well, otherwise what went wrong, in words. It never fails.</summary>
    public Task<string?> Failure { get; }

    /// <summary>Closes the connection; what has not been read is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _data.Reset();
            _error.Reset();
            await _close();
        }

        await Failure;
    }

    private async Task<string?> ReadFailureAsync()
    {
        var text = await ReadTextAsync(_error.Input);
        if (text.Length > 0)
        {
            return text;
        }

        if (Volatile.Read(ref _isDisposed) == 1)
        {
            return null;
        }

        return _ending() ?? (HasHalfClose && _data.Aborted.IsCancellationRequested ? $"port {Port}: the pod's side was reset" : null);
    }

    private static async Task<string> ReadTextAsync(PipeReader input)
    {
        try
        {
            var read = await input.ReadAtLeastAsync(MaxErrorBytes, CancellationToken.None);
            return Encoding.UTF8.GetString(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, MaxErrorBytes))).Trim();
        }
        finally
        {
            await input.CompleteAsync();
        }
    }
}
