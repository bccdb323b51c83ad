using System.Runtime.InteropServices;
using VirtualKubelet.Logs.Writing;
using VirtualKubelet.Shim.Processes;

namespace VirtualKubelet.Shim.Output;

/// <summary>
/// Carries one container's stdout and stderr into its log on one thread of its own, so that neither a slow file system nor another container delays it,
/// and the two streams need no lock between them.
/// </summary>
internal sealed unsafe class OutputPump : IDisposable
{
    private static readonly TimeSpan HoldPartial = TimeSpan.FromMilliseconds(200);
    private const int ReadSize = 32 * 1024;
    private const long Never = long.MaxValue;

    private readonly OutputPipe[] pipes;
    private readonly OutputTaps taps;
    private readonly LogFile log;
    private readonly CriLogWriter writer;
    private readonly TimeProvider time;
    private readonly byte[] buffer = new byte[ReadSize];
    private readonly int wake;
    private readonly TaskCompletionSource completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long drainUntil = Never;

    /// <param name="log">The log.</param>
    /// <param name="taps">Those who watch.</param>
    /// <param name="terminal">The shim's side of the container's terminal; null makes two pipes.</param>
    /// <param name="time">The clock.</param>
    public OutputPump(LogFile log, OutputTaps taps, int? terminal, TimeProvider time)
    {
        pipes = terminal is { } descriptor ? [new(descriptor), new(-1)] : [new(), new()];
        this.log = log;
        this.taps = taps;
        this.time = time;
        writer = new(log);
        wake = Libc.EventFd(0, LinuxConstants.OpenCloseOnExec | LinuxConstants.OpenNonBlocking);
        if (wake < 0)
        {
            throw new IOException($"eventfd: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>The container's end of its stdout.</summary>
    public int Stdout => pipes[0].WriteEnd;

    /// <summary>The container's end of its stderr.</summary>
    public int Stderr => pipes[1].WriteEnd;

    /// <summary>Completes when both streams have ended (or the drain period has) and the log is on disk; fails if the pump does.</summary>
    public Task Completed => completed.Task;

    /// <summary>Starts the thread; the container has been started and holds its own ends.</summary>
    public void Start()
    {
        foreach (var pipe in pipes)
        {
            pipe.CloseWriteEnd();
        }

        new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "output" }.Start();
    }

    /// <summary>The container has ended: reads what is left, but no longer than <paramref name="bound"/>, should a process that escaped keep a pipe open.</summary>
    public void Drain(TimeSpan bound)
    {
        Volatile.Write(ref drainUntil, Environment.TickCount64 + (long)bound.TotalMilliseconds);
        var one = 1UL;
        _ = Libc.Write(wake, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Frees what the thread, which must have completed or never been started, does not need any more.</summary>
    public void Dispose()
    {
        foreach (var pipe in pipes)
        {
            pipe.Dispose();
        }

        _ = Libc.Close(wake);
    }

    private void Run()
    {
        try
        {
            Copy();
            EndStreams();
            taps.Complete();
            log.Sync();
            completed.SetResult();
        }
        catch (Exception e)
        {
            taps.Complete();

            // An exception that left a thread would end the process and with it the supervision.
            completed.SetException(e);
        }
    }

    private void Copy()
    {
        while (pipes[0].ReadEnd >= 0 || pipes[1].ReadEnd >= 0)
        {
            var timeout = PollTimeout();
            if (timeout < 0)
            {
                return;
            }

            var ready = Wait(timeout);
            var now = time.GetUtcNow();
            for (var stream = 0; stream < pipes.Length; stream++)
            {
                if ((ready & (1 << stream)) != 0)
                {
                    Read((OutputStream)stream, now);
                }
            }

            writer.FlushHeld(now, HoldPartial);
            writer.Flush();
        }
    }

    /// <summary>Milliseconds to wait for output at most; negative when the drain period is over.</summary>
    private int PollTimeout()
    {
        var until = Volatile.Read(ref drainUntil);
        var left = until == Never ? int.MaxValue : until - Environment.TickCount64;
        return left <= 0 ? -1 : (int)Math.Min(left, writer.HoldsPartialLine ? 50 : 60_000);
    }

    /// <summary>Waits for output; bit 0 stands for stdout, bit 1 for stderr.</summary>
    private int Wait(int timeout)
    {
        // poll passes over negative descriptors, those of ended streams.
        var descriptors = stackalloc Libc.PollDescriptor[3];
        descriptors[0] = new() { Descriptor = pipes[0].ReadEnd, Events = LinuxConstants.PollIn };
        descriptors[1] = new() { Descriptor = pipes[1].ReadEnd, Events = LinuxConstants.PollIn };
        descriptors[2] = new() { Descriptor = wake, Events = LinuxConstants.PollIn };
        if (Libc.Poll(descriptors, 3, timeout) <= 0)
        {
            return 0;
        }

        if (descriptors[2].Returned != 0)
        {
            ulong count;
            _ = Libc.Read(wake, (byte*)&count, sizeof(ulong));
        }

        return (descriptors[0].Returned != 0 ? 1 : 0) | (descriptors[1].Returned != 0 ? 2 : 0);
    }

    private void Read(OutputStream stream, DateTimeOffset now)
    {
        nint count;
        fixed (byte* start = buffer)
        {
            count = Libc.Read(pipes[(int)stream].ReadEnd, start, ReadSize);
        }

        if (count > 0)
        {
            writer.Append(stream, buffer.AsSpan(0, (int)count), now);
            taps.Publish(stream, buffer.AsSpan(0, (int)count));
        }
        else if (count == 0 || Marshal.GetLastPInvokeError() is not (LinuxConstants.TryAgain or LinuxConstants.Interrupted))
        {
            writer.EndStream(stream, now);
            pipes[(int)stream].CloseReadEnd();
        }
    }

    private void EndStreams()
    {
        var now = time.GetUtcNow();
        writer.EndStream(OutputStream.Stdout, now);
        writer.EndStream(OutputStream.Stderr, now);
        writer.Flush();
    }
}
