using System.IO.Pipelines;
using System.Text;

namespace VirtualKubelet.Logs.Tests.Support;

/// <summary>A client that takes what it is sent, unless it is paused.</summary>
internal sealed class Client : IAsyncDisposable
{
    private readonly Pipe _pipe;
    private readonly MemoryStream _received = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Client(long pauseThreshold = 64 * 1024, bool paused = false)
    {
        _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: pauseThreshold, resumeWriterThreshold: pauseThreshold / 2, useSynchronizationContext: false));
        if (!paused)
        {
            _resumed.SetResult();
        }

        _reading = Task.Run(ReadAsync);
    }

    public PipeWriter Output => _pipe.Writer;

    public Task Following { get; private set; } = Task.CompletedTask;

    public byte[] Bytes
    {
        get
        {
            lock (_gate)
            {
                return _received.ToArray();
            }
        }
    }

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Opens a follow and lets it run.</summary>
    public async Task FollowAsync(LogStreamer streamer, ILogSource source, LogSelection? selection = null)
    {
        var read = await streamer.OpenAsync(source, selection ?? new LogSelection(), follow: true, CancellationToken.None);
        Following = RunAsync(read);
    }

    public void Resume() => _resumed.TrySetResult();

    /// <summary>The client hangs up.</summary>
    public void Abort() => _gone.Cancel();

    public async Task WaitForAsync(Func<string, bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            Task change;
            lock (_gate)
            {
                change = _change.Task;
            }

            if (condition(Text))
            {
                return;
            }

            await change.WaitAsync(deadline.Token);
        }
    }

    public async Task FollowedAsync() => await Following.WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Ends the output and waits until the client has taken all of it.</summary>
    public async Task ClosedAsync()
    {
        await _pipe.Writer.CompleteAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        Resume();
        await Following.ContinueWith(_ => { }, TaskScheduler.Default);
        await ClosedAsync();
        _gone.Dispose();
    }

    private async Task RunAsync(LogRead read)
    {
        await using (read)
        {
            await read.CopyToAsync(_pipe.Writer, _gone.Token);
        }

        await ClosedAsync();
    }

    private async Task ReadAsync()
    {
        await _resumed.Task;
        while (true)
        {
            var result = await _pipe.Reader.ReadAsync();
            TaskCompletionSource change;
            lock (_gate)
            {
                foreach (var segment in result.Buffer)
                {
                    _received.Write(segment.Span);
                }

                change = _change;
                _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _pipe.Reader.AdvanceTo(result.Buffer.End);
            change.SetResult();
            if (result.IsCompleted)
            {
                return;
            }
        }
    }
}
