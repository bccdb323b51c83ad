using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Protocol.Descriptors;

/// <summary>A non-blocking descriptor (pipe, terminal, socket) as a stream; reading and writing may go on at the same time.</summary>
public sealed class DescriptorStream : Stream
{
    private readonly DescriptorHandle handle;
    private readonly int descriptor;

    /// <summary>Owns the descriptor from now on and makes it non-blocking.</summary>
    public DescriptorStream(int descriptor)
    {
        this.descriptor = descriptor;
        handle = new(descriptor);
        var flags = DescriptorCalls.Fcntl(descriptor, DescriptorCalls.GetStatusFlags, 0);
        _ = DescriptorCalls.Fcntl(descriptor, DescriptorCalls.SetStatusFlags, flags | DescriptorCalls.NonBlocking);
    }

    /// <summary>The same pipe or socket once more, under a number of its own; non-blocking for both.</summary>
    /// <exception cref="DescriptorException">There are no more numbers.</exception>
    public static DescriptorStream DuplicateOf(SafeHandle other)
    {
        var held = false;
        other.DangerousAddRef(ref held);
        try
        {
            var descriptor = DescriptorCalls.Fcntl((int)other.DangerousGetHandle(), DescriptorCalls.DuplicateCloseOnExec, 0);
            return descriptor >= 0 ? new(descriptor) : throw new DescriptorException("fcntl", Marshal.GetLastPInvokeError());
        }
        finally
        {
            other.DangerousRelease();
        }
    }

    /// <summary>The number, for as long as the stream is open.</summary>
    public int Descriptor => descriptor;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Makes room for so many bytes in a pipe. False where it is none, and where the user already holds pipe-user-pages-soft pages.</summary>
    public bool TryMakeRoom(int bytes) => DescriptorCalls.Fcntl(descriptor, DescriptorCalls.SetPipeSize, bytes) >= bytes;

    /// <summary>Waits until a read would return something, the end included.</summary>
    public Task WaitReadableAsync(CancellationToken cancellationToken) => DescriptorPoller.Shared.WaitAsync(descriptor, forRead: true, cancellationToken);

    /// <summary>Reads what is there; null when nothing is, 0 at the end.</summary>
    /// <exception cref="IOException">The descriptor failed.</exception>
    public int? TryRead(Span<byte> buffer)
    {
        var count = Read(buffer, out var error);
        return count >= 0 ? (int)count : error switch
        {
            DescriptorCalls.TryAgain or DescriptorCalls.Interrupted => null,

            // How the master of a terminal says that nobody has the other side open any more.
            DescriptorCalls.InputOutput => 0,
            _ => throw new DescriptorException("read", error),
        };
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (TryRead(buffer.Span) is { } count)
            {
                return count;
            }

            await WaitReadableAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var count = Write(buffer.Span, out var error);
            if (count >= 0)
            {
                buffer = buffer[(int)count..];
            }
            else if (error is DescriptorCalls.TryAgain or DescriptorCalls.Interrupted)
            {
                await DescriptorPoller.Shared.WaitAsync(descriptor, forRead: false, cancellationToken);
            }
            else
            {
                throw new DescriptorException("write", error);
            }
        }
    }

    /// <summary>For sockets: says that nothing more is written.</summary>
    public void EndWriting() => _ = DescriptorCalls.Shutdown(descriptor, DescriptorCalls.ShutdownWrite);

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !handle.IsClosed)
        {
            DescriptorPoller.Shared.Forget(descriptor);
            handle.Dispose();
        }

        base.Dispose(disposing);
    }

    private unsafe nint Read(Span<byte> buffer, out int error)
    {
        var held = false;
        handle.DangerousAddRef(ref held);
        try
        {
            fixed (byte* start = buffer)
            {
                var count = DescriptorCalls.Read(descriptor, start, (nuint)buffer.Length);
                error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
                return count;
            }
        }
        finally
        {
            handle.DangerousRelease();
        }
    }

    private unsafe nint Write(ReadOnlySpan<byte> buffer, out int error)
    {
        var held = false;
        handle.DangerousAddRef(ref held);
        try
        {
            fixed (byte* start = buffer)
            {
                var count = DescriptorCalls.Write(descriptor, start, (nuint)buffer.Length);
                error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
                return count;
            }
        }
        finally
        {
            handle.DangerousRelease();
        }
    }
}
