using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Streaming.WebSockets;

/// <summary>One channel as a stream. A reset or a finished output has no form on the wire; the end of the WebSocket is the end of them all.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without timer or wait handle holds nothing, and its token outlives the stream.")]
internal sealed class ChannelStream : IMultiplexedStream
{
    private readonly IReadOnlyDictionary<string, string> _headers;
    private readonly FramedWriter _output;
    private readonly CancellationTokenSource _aborted = new();

    public ChannelStream(ChannelDefinition definition, FrameSender sender, ChannelFormat format, int receiveBufferBytes)
    {
        _headers = definition.Headers;
        Received = new ReceiveBuffer(receiveBufferBytes);
        _output = new FramedWriter(sender, format, OnOutputCompleted);
        if (!definition.IsInput)
        {
            Received.Complete();
        }
    }

    /// <summary>Where the connection puts what arrives.</summary>
    public ReceiveBuffer Received { get; }

    public PipeReader Input => Received.Reader;

    public PipeWriter Output => _output;

    public CancellationToken Aborted => _aborted.Token;

    public string? Header(string name) => _headers.GetValueOrDefault(name);

    public void Accept()
    {
        // Channels need no permission.
    }

    public void Reset()
    {
        _output.End();
        Received.Complete();
    }

    public void Release() => Reset();

    /// <summary>The WebSocket is gone.</summary>
    public void Abort()
    {
        // In this order: who sees the end can see at once that it is none.
        _ = _aborted.CancelAsync();
        Reset();
    }

    private void OnOutputCompleted(Exception? error)
    {
        if (error is not null)
        {
            Reset();
        }
    }
}
