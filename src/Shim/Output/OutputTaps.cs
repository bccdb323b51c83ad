using VirtualKubelet.Logs.Writing;

namespace VirtualKubelet.Shim.Output;

/// <summary>Those who watch a container's output as it comes. None of them ever holds the container up.</summary>
internal sealed class OutputTaps
{
    private readonly Lock gate = new();
    private volatile OutputTap[] taps = [];
    private bool completed;

    /// <summary>Begins to watch.</summary>
    public OutputTap Add()
    {
        var tap = new OutputTap();
        lock (gate)
        {
            if (completed)
            {
                tap.Complete();
            }
            else
            {
                taps = [.. taps, tap];
            }
        }

        return tap;
    }

    /// <summary>Stops watching.</summary>
    public void Remove(OutputTap tap)
    {
        lock (gate)
        {
            taps = [.. taps.Where(t => t != tap)];
        }
    }

    /// <summary>Hands on what the container wrote; called by the pump only.</summary>
    public void Publish(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        foreach (var tap in taps)
        {
            tap.Publish(stream, bytes);
        }
    }

    /// <summary>The output has ended.</summary>
    public void Complete()
    {
        lock (gate)
        {
            completed = true;
        }

        foreach (var tap in taps)
        {
            tap.Complete();
        }
    }
}
