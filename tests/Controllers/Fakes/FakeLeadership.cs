using VirtualKubelet.Controllers.Leadership;

namespace VirtualKubelet.Controllers.Tests.Fakes;

/// <summary>Leadership that a test gives and takes.</summary>
internal sealed class FakeLeadership : ILeadership
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeLeadership() => _held.SetResult();

    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _held.Task.IsCompleted;
            }
        }
    }

    public Task WaitUntilHeldAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _held.Task.WaitAsync(cancellationToken);
        }
    }

    public void Give()
    {
        lock (_gate)
        {
            _held.TrySetResult();
        }
    }

    public void Take()
    {
        lock (_gate)
        {
            _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
