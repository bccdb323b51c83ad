using System.Runtime.InteropServices;

namespace VirtualKubelet.Shim.Protocol.Descriptors;

/// <summary>
/// Tells when descriptors can be read or written, on one thread for all of them: pipes, terminals and sockets alike, which .NET's own streams do not offer.
/// Each wait arms the descriptor anew, so that nothing rests on having seen every edge.
/// </summary>
public sealed class DescriptorPoller
{
    private const int EventsAtOnce = 64;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly Lazy<DescriptorPoller> Instance = new(() => new());
    private readonly Lock gate = new();
    private readonly Dictionary<int, Readiness> waiting = [];
    private readonly int epoll;

    private DescriptorPoller()
    {
        epoll = DescriptorCalls.EpollCreate(DescriptorCalls.CloseOnExec);
        if (epoll < 0)
        {
            throw new IOException($"epoll_create1: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "poller" }.Start();
    }

    /// <summary>The poller of this process, started when it is first needed.</summary>
    public static DescriptorPoller Shared => Instance.Value;

    /// <summary>Waits until a descriptor can be read (or written), has ended or has failed.</summary>
    public async Task WaitAsync(int descriptor, bool forRead, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource ready;
        lock (gate)
        {
            if (!waiting.TryGetValue(descriptor, out var readiness))
            {
                waiting.Add(descriptor, readiness = new());
            }

            ready = forRead ? readiness.Read ??= NewSource() : readiness.Write ??= NewSource();
            if (!Arm(descriptor, readiness))
            {
                waiting.Remove(descriptor);

                // Not a descriptor that can be polled, such as a plain file: always ready.
                return;
            }
        }

        await ready.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Forgets a descriptor that is about to be closed; those that wait find out by using it.</summary>
    public void Forget(int descriptor)
    {
        Readiness? readiness;
        lock (gate)
        {
            waiting.Remove(descriptor, out readiness);
        }

        readiness?.Read?.TrySetResult();
        readiness?.Write?.TrySetResult();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private unsafe bool Arm(int descriptor, Readiness readiness)
    {
        var interest = DescriptorCalls.EpollOneShot
            | (readiness.Read is null ? 0 : DescriptorCalls.EpollIn)
            | (readiness.Write is null ? 0 : DescriptorCalls.EpollOut);
        var change = stackalloc byte[16];
        *(uint*)change = interest;
        *(int*)(change + EventSize - 8) = descriptor;
        var operation = readiness.IsKnown ? DescriptorCalls.EpollModify : DescriptorCalls.EpollAdd;
        readiness.IsKnown = DescriptorCalls.EpollControl(epoll, operation, descriptor, change) == 0;
        return readiness.IsKnown;
    }

    private unsafe void Run()
    {
        var events = stackalloc byte[16 * EventsAtOnce];
        while (true)
        {
            var count = DescriptorCalls.EpollWait(epoll, events, EventsAtOnce, -1);
            for (var i = 0; i < count; i++)
            {
                var one = events + (i * EventSize);
                Tell(*(int*)(one + EventSize - 8), *(uint*)one);
            }
        }
    }

    private void Tell(int descriptor, uint what)
    {
        const uint Over = DescriptorCalls.EpollError | DescriptorCalls.EpollHangUp;
        lock (gate)
        {
            if (!waiting.TryGetValue(descriptor, out var readiness))
            {
                return;
            }

            if ((what & (DescriptorCalls.EpollIn | Over)) != 0)
            {
                readiness.Read?.TrySetResult();
                readiness.Read = null;
            }

            if ((what & (DescriptorCalls.EpollOut | Over)) != 0)
            {
                readiness.Write?.TrySetResult();
                readiness.Write = null;
            }

            if (readiness.Read is not null || readiness.Write is not null)
            {
                Arm(descriptor, readiness);
            }
        }
    }
}
