using System.Runtime.InteropServices;

namespace VirtualKubelet.Host.Commands.Terminals;

/// <summary>
/// Standard input, output or error as it is: no buffer, no line editing, no position of its own in a file that others write to, too. The console's streams edit a terminal's
/// lines and swallow broken pipes, and file streams write at positions they keep for themselves.
/// </summary>
internal sealed class Descriptor
{
    private readonly int _file;

    private Descriptor(int file) => _file = file;

    public static Descriptor Input { get; } = new(0);

    public static Descriptor Output { get; } = new(1);

    public static Descriptor Error { get; } = new(2);

    public bool IsTerminal => LibC.IsATty(_file) == 1;

    /// <summary>Reads what there is, or waits for it; 0 is the end, which a terminal that was hung up has come to as well. A read that waits is not cancelled by anything.</summary>
    public Task<int> ReadAsync(byte[] buffer) =>

        // A thread of its own: it may wait for good, and the pool has few.
        Task.Factory.StartNew(() => Read(buffer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Writes all of it.</summary>
    /// <exception cref="BrokenPipeException">Nobody reads it.</exception>
    /// <exception cref="IOException">It cannot be written, such as on a full disk.</exception>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => Task.Run(() => Write(bytes.Span), cancellationToken);

    private int Read(byte[] buffer)
    {
        while (true)
        {
            var count = LibC.Read(_file, buffer, buffer.Length);
            if (count >= 0)
            {
                return (int)count;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == LibC.InputOutputError)
            {
                return 0;
            }

            WaitOrThrow(error, LibC.PollIn);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = LibC.Write(_file, bytes, bytes.Length);
            if (count >= 0)
            {
                bytes = bytes[(int)count..];
            }
            else
            {
                WaitOrThrow(Marshal.GetLastPInvokeError(), LibC.PollOut);
            }
        }
    }

    private void WaitOrThrow(int error, short events)
    {
        switch (error)
        {
            case LibC.Interrupted:
                return;
            case LibC.WouldBlock:
                var request = new LibC.PollRequest { File = _file, Events = events };
                _ = LibC.Poll(ref request, 1, Timeout.Infinite);
                return;
            case LibC.BrokenPipe:
                throw new BrokenPipeException();
            default:
                throw new IOException($"file descriptor {_file}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }
}
