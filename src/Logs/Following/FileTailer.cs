using System.Buffers;
using VirtualKubelet.Logs.Files;

namespace VirtualKubelet.Logs.Following;

/// <summary>Reads one growing file once for all who follow it: through late appearance, rotation, truncation and passing I/O errors, until its container has ended.</summary>
internal sealed class FileTailer
{
    // Followers that work are waited for, for they share the processor with the tailer; after that many graces something must be wrong with them.
    private const int MostGraces = 100;

    private readonly string _path;
    private readonly LogOptions _options;
    private readonly TimeProvider _clock;
    private readonly DirectoryHints? _hints;
    private readonly LogMetrics _metrics;
    private readonly Lock _gate = new();
    private readonly AsyncSignal _wake = new();
    private readonly ITimer _alarm;
    private readonly Queue<LogFile> _successors = new();
    private readonly PollPace _pace;
    private volatile bool _stopped;
    private int? _watch;
    private bool _hinted;
    private bool _namesChanged;
    private TaskCompletionSource? _nextRound;
    private bool _finished;
    private bool _hasPolled;
    private long _lastLook;
    private long? _failingSince;

    public FileTailer(string path, LogOptions options, TimeProvider clock, DirectoryHints? hints, LogMetrics metrics)
    {
        (_path, _options, _clock, _hints, _metrics) = (path, options, clock, hints, metrics);
        Tail = new SharedTail(path, options, clock, metrics);
        _pace = new PollPace(options, clock);
        _alarm = clock.CreateTimer(static s => ((AsyncSignal)s!).Raise(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What the followers read.</summary>
    public SharedTail Tail { get; }

    /// <summary>Opens of this tailer that have not been closed; guarded by the hub.</summary>
    public int Users { get; set; }

    /// <summary>Something happened in the file's directory; <paramref name="namesChanged"/> when a name came into being there.</summary>
    public void Hint(bool namesChanged)
    {
        lock (_gate)
        {
            _hinted = true;
            _namesChanged |= namesChanged;
        }

        _wake.Raise();
    }

    /// <summary>Completes after a look at the file that began after this call, so that what a new follower meets is the present.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken)
    {
        Task round;
        lock (_gate)
        {
            if (_finished)
            {
                return Task.CompletedTask;
            }

            _nextRound ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            round = _nextRound.Task;
        }

        _wake.Raise();
        return round.WaitAsync(cancellationToken);
    }

    /// <summary>Ends <see cref="RunAsync"/>; the files are closed when it returns.</summary>
    public void Stop()
    {
        _stopped = true;
        _wake.Raise();
    }

    /// <summary>Tails until the container has ended or <see cref="Stop"/> is called; never throws, failures reach the followers.</summary>
    public async Task RunAsync()
    {
        _metrics.TailerOpened();
        try
        {
            await TailAsync();
            FinishRounds();
            await UntilStoppedAsync();
        }
        catch (Exception e)
        {
            Tail.Fail(e);
            FinishRounds();
            await UntilStoppedAsync();
        }
        finally
        {
            FinishRounds();
            Release();
        }
    }

    private async Task TailAsync()
    {
        while (!_stopped)
        {
            var (round, look) = BeginRound();
            var ended = Tail.HasSourceEnded();
            var grown = await TryPollAsync(look || ended);
            round?.SetResult();
            if (ended && _failingSince is null)
            {
                // What was written before the end was seen has been read.
                Tail.End();
                return;
            }

            if (grown)
            {
                await PauseAsync(_pace.AfterGrowth(Tail.FollowerCount), interruptible: false);
                continue;
            }

            var pause = _pace.AfterSilence();
            if (pause >= _options.MaxPollInterval)
            {
                Tail.ReleaseIdleMemory();
            }

            await PauseAsync(pause, interruptible: true);
        }
    }

    private (TaskCompletionSource? Round, bool Look) BeginRound()
    {
        lock (_gate)
        {
            var round = _nextRound;
            var look = round is not null || _namesChanged || _clock.GetElapsedTime(_lastLook) >= _options.MaxPollInterval;
            (_nextRound, _namesChanged, _hinted) = (null, false, false);
            return (round, look);
        }
    }

    /// <summary>Passing errors (a stale NFS handle, a full descriptor table) are retried for a while before they reach the followers.</summary>
    private async Task<bool> TryPollAsync(bool look)
    {
        try
        {
            var grown = await PollAsync(look);
            _failingSince = null;
            return grown;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _failingSince ??= _clock.GetTimestamp();
            if (_clock.GetElapsedTime(_failingSince.Value) >= _options.RetryPeriod)
            {
                throw;
            }

            // A handle that went bad may have a successor under the same name.
            if (Tail.Current is not null && LookForSuccessors())
            {
                Switch();
            }

            return false;
        }
    }

    /// <summary>Reads what is new; with <paramref name="look"/> also asks whether the name stands for another file by now.</summary>
    private async Task<bool> PollAsync(bool look)
    {
        if (Tail.Current is null && !TryOpenFirst())
        {
            return false;
        }

        var grown = false;
        while (true)
        {
            grown |= await ReadToEndAsync();
            if (_successors.Count > 0)
            {
                // The old file was read to its end after its successor had been seen: nobody writes to it any more.
                await MakeRoomAsync(_options.RingBufferBytes);
                Switch();
                grown = true;
            }
            else if (look)
            {
                look = false;
                LookForSuccessors();
            }
            else
            {
                return grown;
            }
        }
    }

    private bool TryOpenFirst()
    {
        _watch ??= _hints?.TryWatch(Path.GetDirectoryName(_path)!, this);
        var file = LogFile.OpenIfPresent(_path);
        if (file is null)
        {
            _hasPolled = true;
            return false;
        }

        // Those who waited for it need all of it; those who come later begin where they like.
        Tail.SwitchTo(file, _hasPolled ? 0 : file.Length, isTruncation: false);
        _hasPolled = true;
        return true;
    }

    private async Task<bool> ReadToEndAsync()
    {
        var grown = false;
        while (!_stopped)
        {
            var current = Tail.Current!;
            var length = current.File.Length;
            if (length < current.End)
            {
                if (LogFile.OpenIfPresent(_path) is { } again)
                {
                    Tail.SwitchTo(again, 0, isTruncation: true);
                    grown = true;
                    continue;
                }

                return grown;
            }

            if (length == current.End)
            {
                return grown;
            }

            grown = true;
            if (!Tail.TrySkipTo(length))
            {
                await ReadOnAsync(current, (int)Math.Min(length - current.End, _options.ReadBufferBytes));
            }
        }

        return grown;
    }

    private async Task ReadOnAsync(LogGeneration current, int count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(count);
        try
        {
            var read = await current.File.ReadAsync(buffer.AsMemory(0, count), current.End, CancellationToken.None);
            _metrics.BytesTailed(read);
            for (var published = 0; published < read && !_stopped;)
            {
                published += Tail.Append(buffer.AsSpan(published, read - published));
                if (published < read)
                {
                    await MakeRoomAsync(read - published);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Lets followers that work read on, and detaches those that are held up by their clients: a full ring waits one grace for them, once.</summary>
    private async Task MakeRoomAsync(int bytes)
    {
        var began = _clock.GetTimestamp();
        while (!_stopped && !Tail.HasRoom(bytes, _wake.Raise))
        {
            var waited = _clock.GetElapsedTime(began);
            if (waited >= _options.StallGrace)
            {
                Tail.DetachStalled(waited >= _options.StallGrace * MostGraces ? null : _options.StallGrace);
                if (Tail.HasRoom(bytes, _wake.Raise))
                {
                    return;
                }
            }

            _alarm.Change(_options.StallGrace, Timeout.InfiniteTimeSpan);
            await _wake.WaitAsync();
        }
    }

    /// <summary>Queues the files that have taken this one's place.</summary>
    private bool LookForSuccessors()
    {
        _lastLook = _clock.GetTimestamp();
        foreach (var successor in RotatedFiles.OpenSuccessors(_path, Tail.Current!.File))
        {
            _successors.Enqueue(successor);
        }

        return _successors.Count > 0;
    }

    private void Switch() => Tail.SwitchTo(_successors.Dequeue(), 0, isTruncation: false);

    /// <summary>Sleeps; an interruptible pause ends at a hint, any pause when a new follower wants a fresh look.</summary>
    private async Task PauseAsync(TimeSpan pause, bool interruptible)
    {
        var began = _clock.GetTimestamp();
        while (!_stopped && !IsWoken(interruptible))
        {
            var rest = pause - _clock.GetElapsedTime(began);
            if (rest <= TimeSpan.Zero)
            {
                return;
            }

            _alarm.Change(rest, Timeout.InfiniteTimeSpan);
            await _wake.WaitAsync();
        }
    }

    private bool IsWoken(bool byHint)
    {
        lock (_gate)
        {
            return _nextRound is not null || (byHint && _hinted);
        }
    }

    private async Task UntilStoppedAsync()
    {
        while (!_stopped)
        {
            await _wake.WaitAsync();
        }
    }

    private void FinishRounds()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _finished = true;
            waiting = _nextRound;
            _nextRound = null;
        }

        waiting?.TrySetResult();
    }

    private void Release()
    {
        if (_watch is { } watch)
        {
            _hints!.Unwatch(watch, this);
        }

        _alarm.Dispose();
        Tail.Close();
        foreach (var file in _successors)
        {
            file.Dispose();
        }

        _metrics.TailerClosed();
    }
}
