using System.Runtime.InteropServices;
using VirtualKubelet.Shim.Processes;

namespace VirtualKubelet.Shim.Supervision;

/// <summary>The signals the shim lives with: those that end the pod, and Slurm's warning before the time limit.</summary>
internal sealed class StopSignals
{
    private static readonly int[] Signals = [LinuxConstants.SigTerm, LinuxConstants.SigInt, LinuxConstants.SigHup, LinuxConstants.SigUsr2];

    // Never undone: a signal that came as the shim leaves would replace the exit code that tells how the pod ended.
    private static readonly List<PosixSignalRegistration> Registrations = [];
    private readonly Lock gate = new();
    private readonly List<int> early = [];
    private Action<int>? handler;

    /// <summary>Catches the signals for the rest of the process; they wait for <see cref="Deliver"/>.</summary>
    public StopSignals()
    {
        // A slurmd started by nohup hands down that hangups are ignored, and .NET leaves ignored what it finds ignored.
        // All of them before the first registration, at which .NET installs handlers for others, too.
        foreach (var signal in Signals)
        {
            Libc.Signal(signal, LinuxConstants.SignalDefault);
        }

        foreach (var signal in Signals)
        {
            Registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
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
