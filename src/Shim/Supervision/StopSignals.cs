using System.Runtime.InteropServices;
using VirtualKubelet.Shim.Processes;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>The signals the shim lives with: those that end the pod, and Slurm's warning before the time limit.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly Lock gate = new();
    private readonly List<int> early = [];
    private Action<int>? handler;

    /// <summary>Catches the signals from now on; they wait for <see cref="Deliver"/>.</summary>
    public StopSignals()
    {
        foreach (var signal in (int[])[LinuxConstants.SigTerm, LinuxConstants.SigInt, LinuxConstants.SigHup, LinuxConstants.SigUsr2])
        {
            registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
            {
                context.Cancel = true;
                Arrived(signal);
            }));
        }
    }

    /// <summary>Hands over what has come and whatever comes.</summary>
    public void Deliver(Action<int> to)
    {
        List<int> waiting;
        lock (gate)
        {
            handler = to;
            waiting = [.. early];
            early.Clear();
        }

        waiting.ForEach(to);
    }

    public void Dispose() => registrations.ForEach(r => r.Dispose());

    private void Arrived(int signal)
    {
        Action<int>? to;
        lock (gate)
        {
            to = handler;
            if (to is null)
            {
                early.Add(signal);
            }
        }

        to?.Invoke(signal);
    }
}
