using System.Runtime.ExceptionServices;
using VirtualKubelet.Logs.Files;
using VirtualKubelet.Logs.Selecting;

namespace VirtualKubelet.Logs.Following;

/// <summary>
/// What the one tailer of a file and its followers share, under one lock that is never held during I/O.
/// The hot tail keeps what attached followers have not read yet. A follower whose client holds it up for too long is detached: it then reads the file by itself,
/// at its own pace, and is attached again once it has caught up. So nobody waits for it, nothing is lost, and memory has a bound.
/// </summary>
internal sealed class SharedTail(string path, LogOptions options, TimeProvider clock, LogMetrics metrics)
{
    private readonly Lock _gate = new();
    private readonly List<Follower> _followers = [];
    private readonly List<LogGeneration> _generations = [];
    private readonly HotTail _hot = new(options.RingBufferBytes);
    private LogGeneration? _current;
    private Action? _roomWanted;
    private Exception? _failure;
    private bool _ended;
    private bool _closed;

    /// <summary>The file the tailer reads; absent until it appears.</summary>
    public LogGeneration? Current => _current;

    /// <summary>How many follow.</summary>
    public int FollowerCount
    {
        get
        {
            lock (_gate)
            {
                return _followers.Count;
            }
        }
    }

    /// <summary>Whether nobody can be served any more.</summary>
    public bool IsFailed
    {
        get
        {
            lock (_gate)
            {
                return _failure is not null || _closed;
            }
        }
    }

    /// <summary>Bytes of memory the hot tail holds now.</summary>
    public int HotBytes
    {
        get
        {
            lock (_gate)
            {
                return _hot.Capacity;
            }
        }
    }

    /// <summary>Whether a container run has ended, so that nothing more will be written.</summary>
    public bool HasSourceEnded()
    {
        Follower[] followers;
        lock (_gate)
        {
            followers = [.. _followers];
        }

        return Array.Exists(followers, f => f.Source.HasEnded);
    }

    /// <summary>Goes on with another file, or with the first one; the last one is as long as it is known to be.</summary>
    public void SwitchTo(LogFile file, long end, bool isTruncation)
    {
        lock (_gate)
        {
            if (_closed)
            {
                file.Dispose();
                return;
            }

            var next = new LogGeneration(file, end);
            _generations.Add(next);
            if (_current is { } last)
            {
                (last.Next, last.IsTruncated) = (next, isTruncation);
            }

            _current = next;
            _hot.Reset(end);
            PlaceWaitingForFile(next);
            Trim();
            WakeAll();
        }
    }

    /// <summary>Adds bytes read at the end of the current file.</summary>
    /// <returns>Bytes taken; fewer when attached followers have not read enough yet.</returns>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var current = _current!;
            var (keepFrom, anyAttached) = AttachedFloor(current);
            if (!anyAttached)
            {
                current.End += bytes.Length;
                _hot.Reset(current.End);
                WakeAll();
                return bytes.Length;
            }

            var taken = (int)Math.Min(bytes.Length, _hot.MaxBytes - (current.End - keepFrom));
            if (taken > 0)
            {
                _hot.Append(bytes[..taken], keepFrom);
                current.End += taken;
                WakeAll();
            }

            return Math.Max(taken, 0);
        }
    }

    /// <summary>When nobody is attached there is no need to read: takes note of the file's length. False when somebody is attached.</summary>
    public bool TrySkipTo(long length)
    {
        lock (_gate)
        {
            var current = _current!;
            if (AttachedFloor(current).AnyAttached)
            {
                return false;
            }

            if (length > current.End)
            {
                current.End = length;
                _hot.Reset(length);
                WakeAll();
            }

            return true;
        }
    }

    /// <summary>Whether attached followers have read enough for <paramref name="bytes"/> more; if not, <paramref name="whenRead"/> is called as they read on.</summary>
    public bool HasRoom(int bytes, Action whenRead)
    {
        lock (_gate)
        {
            var (keepFrom, anyAttached) = _current is { } current ? AttachedFloor(current) : default;
            var hasRoom = !anyAttached || _current!.End - keepFrom + bytes <= _hot.MaxBytes;
            _roomWanted = hasRoom ? null : whenRead;
            return hasRoom;
        }
    }

    /// <summary>Detaches followers that have been held up by their clients for <paramref name="atLeast"/>; absent: all that lag.</summary>
    public void DetachStalled(TimeSpan? atLeast)
    {
        lock (_gate)
        {
            foreach (var follower in _followers)
            {
                var stalled = atLeast is not { } grace || (follower.FlushingSince is { } since && clock.GetElapsedTime(since) >= grace);
                if (follower.IsAttached && stalled && IsBehind(follower))
                {
                    follower.IsAttached = false;
                    metrics.FellBack();
                }
            }
        }
    }

    /// <summary>Gives the hot tail's memory back when everybody has read it.</summary>
    public void ReleaseIdleMemory()
    {
        lock (_gate)
        {
            if (_current is { } current && AttachedFloor(current).Offset >= current.End)
            {
                _hot.Release();
            }
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            WakeAll();
        }
    }

    /// <summary>The file cannot be read: every follower fails.</summary>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            WakeAll();
        }
    }

    /// <summary>Closes the files and gives the memory back.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _generations.ForEach(g => g.File.Dispose());
            _generations.Clear();
            _hot.Release();
            WakeAll();
        }
    }

    /// <summary>Adds a follower that stands at the end of the current file, or before a file that is yet to appear.</summary>
    public void Join(Follower follower)
    {
        lock (_gate)
        {
            _followers.Add(follower);
            if (_current is { } current)
            {
                Place(follower, current, current.End);
            }
            else
            {
                follower.IsAttached = true;
            }
        }
    }

    /// <summary>Moves a follower that has not read yet back to where its client wants to begin.</summary>
    public void StartAt(Follower follower, long offset)
    {
        lock (_gate)
        {
            (follower.Offset, follower.Tried) = (offset, offset);
        }
    }

    /// <summary>Removes a follower.</summary>
    public void Leave(Follower follower)
    {
        lock (_gate)
        {
            if (_followers.Remove(follower) && follower.Generation is { } generation)
            {
                generation.Followers--;
            }

            Trim();
            TellRoom();
        }
    }

    /// <summary>What <paramref name="follower"/> does next.</summary>
    public TailStep Next(Follower follower)
    {
        lock (_gate)
        {
            ThrowIfFailed();
            if (follower.Generation is not { } generation)
            {
                return _ended ? new TailStep(TailStepKind.Ended) : Wait(follower);
            }

            if (generation.IsEvicted)
            {
                throw new LogFollowerTooSlowException(path);
            }

            var isFinal = generation.Next is not null || _ended;
            var known = generation.End - follower.Offset;
            if (known > 0 && !generation.IsTruncated && (isFinal || generation.End > follower.Tried))
            {
                return Read(follower, generation, (int)Math.Min(known, options.ReadBufferBytes), isFinal);
            }

            if (generation.Next is { } next)
            {
                Place(follower, next, 0);
                Trim();
                return new TailStep(TailStepKind.NextFile);
            }

            return _ended ? new TailStep(TailStepKind.Ended) : Wait(follower);
        }
    }

    /// <summary>Copies a step's bytes from the hot tail; false when they must be read from the file.</summary>
    public bool TryCopy(in TailStep step, Span<byte> destination)
    {
        lock (_gate)
        {
            return ReferenceEquals(step.Generation, _current) && _hot.TryCopy(step.Offset, destination);
        }
    }

    /// <summary>A step has been read: its first <paramref name="taken"/> bytes need not be kept any more.</summary>
    public void Advance(Follower follower, in TailStep step, int taken)
    {
        lock (_gate)
        {
            var windowEnd = step.Offset + step.Count;
            follower.Offset = step.End == WindowEnd.Final ? windowEnd : step.Offset + taken;
            follower.Tried = step.End == WindowEnd.Full ? follower.Offset : windowEnd;
            follower.FlushingSince = clock.GetTimestamp();
            TellRoom();
        }
    }

    /// <summary>The client has taken what was sent.</summary>
    public void Flushed(Follower follower)
    {
        lock (_gate)
        {
            follower.FlushingSince = null;
        }
    }

    private static TailStep Read(Follower follower, LogGeneration generation, int count, bool isFinal)
    {
        var isRest = follower.Offset + count == generation.End;
        var end = !isRest ? WindowEnd.Full : isFinal ? WindowEnd.Final : WindowEnd.More;
        return new TailStep(TailStepKind.Read, generation, follower.Offset, count, end);
    }

    private static TailStep Wait(Follower follower)
    {
        follower.IsAttached = true;
        follower.IsWaiting = true;
        return new TailStep(TailStepKind.Wait);
    }

    private static void Place(Follower follower, LogGeneration generation, long offset)
    {
        if (follower.Generation is { } last)
        {
            last.Followers--;
        }

        generation.Followers++;
        (follower.Generation, follower.Offset, follower.Tried) = (generation, offset, offset);
    }

    private void PlaceWaitingForFile(LogGeneration first)
    {
        foreach (var follower in _followers)
        {
            if (follower.Generation is null)
            {
                Place(follower, first, 0);
            }
        }
    }

    /// <summary>The oldest byte an attached follower of the current file still needs.</summary>
    private (long Offset, bool AnyAttached) AttachedFloor(LogGeneration current)
    {
        var floor = current.End;
        var any = false;
        foreach (var follower in _followers)
        {
            if (follower.IsAttached && follower.Generation is { } generation)
            {
                // Whoever still drains the file before this one will need this one from its beginning.
                floor = Math.Min(floor, ReferenceEquals(generation, current) ? follower.Offset : 0);
                any = true;
            }
        }

        return (floor, any);
    }

    private bool IsBehind(Follower follower) =>
        follower.Generation is { } generation && (!ReferenceEquals(generation, _current) || follower.Offset < generation.End);

    /// <summary>Closes files nobody needs, and the oldest ones beyond the bound.</summary>
    private void Trim()
    {
        while (_generations.Count > 1 && (_generations[0].Followers == 0 || _generations.Count > options.MaxRotatedFiles + 1))
        {
            var oldest = _generations[0];
            oldest.IsEvicted = oldest.Followers > 0;
            oldest.File.Dispose();
            _generations.RemoveAt(0);
        }
    }

    private void WakeAll()
    {
        foreach (var follower in _followers)
        {
            if (follower.IsWaiting)
            {
                follower.IsWaiting = false;
                follower.Signal.Raise();
            }
        }
    }

    private void TellRoom()
    {
        var whenRead = _roomWanted;
        _roomWanted = null;
        whenRead?.Invoke();
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }

        ObjectDisposedException.ThrowIf(_closed, this);
    }
}
