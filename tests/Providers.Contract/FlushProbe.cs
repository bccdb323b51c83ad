using System.IO.Pipelines;
using System.Text;

namespace VirtualKubelet.Providers.Contract;

/// <summary>A pipe that tells when it was first flushed, with or without a byte.</summary>
public sealed class FlushProbe : PipeWriter
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly TaskCompletionSource<long> _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _written;

    /// <summary>Completes at the first flush with the bytes written by then.</summary>
    public Task<long> FirstFlush => _flushed.Task;

    public override void Advance(int bytes)
    {
        _written += bytes;
        _pipe.Writer.Advance(bytes);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _pipe.Writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _pipe.Writer.GetSpan(sizeHint);

    public override void CancelPendingFlush() => _pipe.Writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _pipe.Writer.Complete(exception);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        _flushed.TrySetResult(_written);
        return _pipe.Writer.FlushAsync(cancellationToken);
    }

    /// <summary>Everything that was written, once the writer has completed.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var content = new MemoryStream();
        await _pipe.Reader.CopyToAsync(content);
        return Encoding.UTF8.GetString(content.ToArray());
    }
}
