namespace VirtualKubelet.Logs.Following;

/// <summary>Keeps one tailer per followed file, from its first follower to its last.</summary>
internal sealed class FollowHub(LogOptions options, TimeProvider clock, LogMetrics metrics) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileTailer> _tailers = [];
    private readonly HashSet<Task> _running = [];
    private readonly DirectoryHints? _hints = options.UseChangeEvents ? new DirectoryHints() : null;
    private bool _disposed;

    /// <summary>The tailer of <paramref name="path"/>, started when there is none; give it back with <see cref="Release"/>.</summary>
    public FileTailer Acquire(string path)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(LogStreamer));
            if (!_tailers.TryGetValue(path, out var tailer) || tailer.Tail.IsFailed)
            {
                _tailers[path] = tailer = new FileTailer(path, options, clock, _hints, metrics);
                Start(tailer);
            }

            tailer.Users++;
            return tailer;
        }
    }

    /// <summary>Gives a tailer back; the last one to do so ends it.</summary>
    public void Release(string path, FileTailer tailer)
    {
        lock (_gate)
        {
            if (--tailer.Users > 0)
            {
                return;
            }

            if (_tailers.TryGetValue(path, out var present) && ReferenceEquals(present, tailer))
            {
                _tailers.Remove(path);
            }

            tailer.Stop();
        }
    }

    /// <summary>Ends all tailers; their followers must have been cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _disposed = true;
            running = [.. _running];
            foreach (var tailer in _tailers.Values)
            {
                tailer.Stop();
            }
        }

        await Task.WhenAll(running);
        _hints?.Dispose();
    }

    private void Start(FileTailer tailer)
    {
        // Off the caller's thread: the first look opens a file, which can take its time on a network file system.
        var run = Task.Run(tailer.RunAsync);
        _running.Add(run);
        _ = run.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Forget(Task run)
    {
        lock (_gate)
        {
            _running.Remove(run);
        }
    }
}
