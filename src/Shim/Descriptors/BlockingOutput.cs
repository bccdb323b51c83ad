using System.Runtime.InteropServices;
using System.Threading.Channels;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Descriptors;

/// <summary>
/// The channel's output: a descriptor that is written to with plain blocking writes on a thread of its own. slurmstepd empties its pipe a few KiB at
/// a time: waiting in the kernel for each costs far less than being told about each.
/// </summary>
internal sealed class BlockingOutput : Stream
{
    private readonly int descriptor;
    private readonly bool isShared;
    private readonly Channel<(ReadOnlyMemory<byte> Bytes, TaskCompletionSource Written)> work =
        System.Threading.Channels.Channel.CreateBounded<(ReadOnlyMemory<byte> Bytes, TaskCompletionSource Written)>(1);

    /// <summary>Starts the thread; the descriptor stays open for the rest of the process.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="isShared">Whether others write to the same pipe: then each write is whole frames, and goes out in <see cref="FramePieces"/>.</param>
    public BlockingOutput(int descriptor, bool isShared)
    {
        this.descriptor = descriptor;
        this.isShared = isShared;
        new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "stdout" }.Start();
    }

    public override bool CanRead => false;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Waits until everything is written; a write that was begun goes on when the wait is given up.</summary>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await work.Writer.WriteAsync((buffer, written), cancellationToken);
        await written.Task.WaitAsync(cancellationToken);
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Run()
    {
        // The channel has one waiter, this thread, which has nothing else to do.
        while (work.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            if (work.Reader.TryRead(out var item))
            {
                try
                {
                    WriteFrames(item.Bytes.Span);
                    item.Written.SetResult();
                }
                catch (IOException e)
                {
                    item.Written.SetException(e);
                }
            }
        }
    }

    private void WriteFrames(ReadOnlySpan<byte> frames)
    {
        if (!isShared)
        {
            WriteAll(frames);
            return;
        }

        var pieces = new FramePieces(frames, stackalloc byte[FramePieces.MaxSize]);
        while (pieces.TryNext(out var piece))
        {
            WriteAll(piece);
        }
    }

    private unsafe void WriteAll(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (nint done = 0; done < bytes.Length;)
            {
                var count = Libc.Write(descriptor, start + done, (nuint)(bytes.Length - done));
                if (count >= 0)
                {
                    done += count;
                }
                else
                {
                    WaitAfter(Marshal.GetLastPInvokeError());
                }
            }
        }
    }

    /// <summary>slurmstepd shares the pipe, and some of its versions have made it non-blocking for both.</summary>
    private unsafe void WaitAfter(int error)
    {
        if (error == LinuxConstants.TryAgain)
        {
            var room = new Libc.PollDescriptor { Descriptor = descriptor, Events = LinuxConstants.PollOut };
            _ = Libc.Poll(&room, 1, -1);
        }
        else if (error != LinuxConstants.Interrupted)
        {
            throw new DescriptorException("write", error);
        }
    }
}
