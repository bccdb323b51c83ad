using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using VirtualKubelet.Kubelet.Streaming.Tls;
using VirtualKubelet.Kubelet.Streaming.Transport;

namespace VirtualKubelet.Kubelet.Client.Connections;

/// <summary>A TCP connection below its TLS. What arrives is read in large pieces and handed on record by record; while nothing arrives it holds no buffer.</summary>
internal sealed class RecordConnection : AsyncStream
{
    private const int ReadBytes = 128 * 1024;

    /// <summary>Room for what is sent at once, so that it lies in one piece.</summary>
    private const int WriteBytes = 68 * 1024;

    private readonly NetworkStream _network;
    private readonly TlsRecordPipe _records;

    public RecordConnection(Socket socket)
    {
        _network = new NetworkStream(socket, ownsSocket: true);
        _records = new TlsRecordPipe(
            PipeReader.Create(_network, new StreamPipeReaderOptions(bufferSize: ReadBytes, minimumReadSize: ReadBytes / 4, leaveOpen: true, useZeroByteReads: true)),
            PipeWriter.Create(_network, new StreamPipeWriterOptions(minimumBufferSize: WriteBytes, leaveOpen: true)));
    }

    /// <summary>The connection above the TLS that was put upon this one.</summary>
    public Stream Above(SslStream tls) => new TlsRecordStream(tls, _records);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _records.Input.ReadAsync(cancellationToken);
        var piece = read.Buffer.Slice(0, Math.Min(buffer.Length, read.Buffer.Length));
        piece.CopyTo(buffer.Span);
        var count = (int)piece.Length;
        _records.Input.AdvanceTo(piece.End);
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _records.Output.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Not the reader, which somebody may still be waiting in; the closed socket ends that.
            _network.Dispose();
        }

        base.Dispose(disposing);
    }
}
