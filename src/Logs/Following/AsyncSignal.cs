using System.Threading.Tasks.Sources;

namespace VirtualKubelet.Logs.Following;

/// <summary>Wakes one waiter, without allocating: raised before the wait it is not lost, raised twice it wakes once.</summary>
internal sealed class AsyncSignal : IValueTaskSource
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private bool _raised;
    private bool _awaited;

    /// <summary>Wakes the waiter, or lets the next wait pass.</summary>
    public void Raise()
    {
        lock (_gate)
        {
            if (!_awaited)
            {
                _raised = true;
                return;
            }

            _awaited = false;
        }

        _source.SetResult(true);
    }

    /// <summary>Waits for the next <see cref="Raise"/>; whoever cancels or times out must raise.</summary>
    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_raised)
            {
                _raised = false;
                return ValueTask.CompletedTask;
            }

            _source.Reset();
            _awaited = true;
            return new ValueTask(this, _source.Version);
        }
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
