using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtualKubelet.Logs.Files;

namespace VirtualKubelet.Logs.Following;

/// <summary>
/// One inotify instance for all followed files: tells tailers that something happened in their directory. A hint only: polls find whatever it misses,
/// as on network file systems or when the system's inotify limits are reached.
/// </summary>
internal sealed class DirectoryHints : IDisposable
{
    private const uint Changes = LibC.InModify | LibC.InCreate | LibC.InMovedTo;
    private const int EventHeaderBytes = 16;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, List<FileTailer>> _watchers = [];
    private SafeFileHandle? _inotify;
    private int _stopWatch;
    private bool _stopped;

    /// <summary>Begins to hint <paramref name="tailer"/> at changes in <paramref name="directory"/>; absent when the system cannot.</summary>
    public int? TryWatch(string directory, FileTailer tailer)
    {
        lock (_gate)
        {
            if (_stopped || !TryStart())
            {
                return null;
            }

            var watch = LibC.InotifyAddWatch(_inotify!, directory, Changes);
            if (watch < 0)
            {
                return null;
            }

            if (!_watchers.TryGetValue(watch, out var tailers))
            {
                _watchers[watch] = tailers = [];
            }

            tailers.Add(tailer);
            return watch;
        }
    }

    /// <summary>Ends what <see cref="TryWatch"/> began.</summary>
    public void Unwatch(int watch, FileTailer tailer)
    {
        lock (_gate)
        {
            if (_watchers.TryGetValue(watch, out var tailers) && tailers.Remove(tailer) && tailers.Count == 0)
            {
                _watchers.Remove(watch);
                if (!_stopped)
                {
                    _ = LibC.InotifyRemoveWatch(_inotify!, watch);
                }
            }
        }
    }

    /// <summary>Stops the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_stopped && _inotify is not null)
            {
                // The removal itself is an event, which ends the blocking read; the thread then closes the descriptor.
                _ = LibC.InotifyRemoveWatch(_inotify, _stopWatch);
            }

            _stopped = true;
        }
    }

    private bool TryStart()
    {
        if (_inotify is not null)
        {
            return true;
        }

        var descriptor = LibC.InotifyInit(LibC.InotifyCloseOnExec);
        if (descriptor < 0)
        {
            return false;
        }

        var inotify = new SafeFileHandle(descriptor, ownsHandle: true);
        _stopWatch = LibC.InotifyAddWatch(inotify, "/", LibC.InDeleteSelf);
        if (_stopWatch < 0)
        {
            inotify.Dispose();
            return false;
        }

        _inotify = inotify;
        new Thread(() => Listen(inotify)) { IsBackground = true, Name = "log change events" }.Start();
        return true;
    }

    private void Listen(SafeFileHandle inotify)
    {
        using var owned = inotify;
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = (int)LibC.Read(inotify, buffer, buffer.Length);
            var interrupted = read < 0 && Marshal.GetLastPInvokeError() == 4;
            lock (_gate)
            {
                if (_stopped || (read <= 0 && !interrupted))
                {
                    _stopped = true;
                    return;
                }

                Dispatch(buffer.AsSpan(0, Math.Max(read, 0)));
            }

            // A busy writer makes an event of every write: take them a thousand times a second at most.
            Thread.Sleep(Gathering);
        }
    }

    private void Dispatch(ReadOnlySpan<byte> events)
    {
        while (events.Length >= EventHeaderBytes)
        {
            var watch = BinaryPrimitives.ReadInt32LittleEndian(events);
            var mask = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            var nameLength = BinaryPrimitives.ReadInt32LittleEndian(events[12..]);
            Hint(watch, mask);
            events = events[(EventHeaderBytes + nameLength)..];
        }
    }

    private void Hint(int watch, uint mask)
    {
        var namesChanged = (mask & (LibC.InCreate | LibC.InMovedTo | LibC.InOverflow)) != 0;
        if ((mask & LibC.InOverflow) != 0)
        {
            foreach (var tailers in _watchers.Values)
            {
                tailers.ForEach(t => t.Hint(namesChanged));
            }
        }
        else if (_watchers.TryGetValue(watch, out var tailers))
        {
            tailers.ForEach(t => t.Hint(namesChanged));
        }
    }
}
