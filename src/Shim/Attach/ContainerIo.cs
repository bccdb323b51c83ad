using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Attach;

/// <summary>The stdin, stdout and stderr of one run of a container, as its plan asks for them.</summary>
internal sealed class ContainerIo : IDisposable
{
    private readonly PipePair? stdin;
    private readonly PseudoTerminal? terminal;

    private ContainerIo(PipePair? stdin, PseudoTerminal? terminal, OutputPump output, AttachPoint point)
    {
        this.stdin = stdin;
        this.terminal = terminal;
        Output = output;
        Point = point;
    }

    /// <summary>Brings the output to the log and to those attached.</summary>
    public OutputPump Output { get; }

    /// <summary>What one may attach to.</summary>
    public AttachPoint Point { get; }

    /// <summary>Makes them.</summary>
    /// <exception cref="IOException">The machine has no descriptor or terminal to give.</exception>
    public static ContainerIo Open(ContainerPlan plan, LogFile log, TimeProvider time)
    {
        PseudoTerminal? terminal = null;
        PipePair? stdin = null;
        try
        {
            var taps = new OutputTaps();
            terminal = plan.Tty ? PseudoTerminal.Open(default) : null;
            stdin = plan.Stdin && !plan.Tty ? PipePair.ForWriting() : null;
            var input = !plan.Stdin ? null : new ContainerInput(stdin?.Shim ?? terminal!.Master, plan.StdinOnce, ownsStream: stdin is not null);
            return new(stdin, terminal, new(log, taps, terminal?.Master.Descriptor, time), new(taps, input, terminal));
        }
        catch
        {
            stdin?.Dispose();
            terminal?.Dispose();
            throw;
        }
    }

    /// <summary>Gives the process its ends.</summary>
    public SpawnRequest Give(SpawnRequest request) => terminal is not null
        ? request with { Terminal = terminal.Path, Stdout = 0, Stderr = 0 }
        : request with { Stdin = stdin?.ProcessEnd, Stdout = Output.Stdout, Stderr = Output.Stderr };

    /// <summary>The process has its ends.</summary>
    public void Start()
    {
        stdin?.Process.Dispose();
        Output.Start();
    }

    /// <summary>Frees everything; the output must have completed or never been started.</summary>
    public void Dispose()
    {
        Output.Dispose();
        stdin?.Dispose();
        Point.Dispose();
    }
}
