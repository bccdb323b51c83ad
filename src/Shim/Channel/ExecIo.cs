using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Shim.Channel;

/// <summary>What connects a command with its session: three pipes or a terminal.</summary>
internal sealed class ExecIo : IDisposable
{
    private readonly PipePair? stdin;
    private readonly PipePair? stdout;
    private readonly PipePair? stderr;

    private ExecIo(PipePair? stdin, PipePair? stdout, PipePair? stderr, PseudoTerminal? terminal)
    {
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
        Terminal = terminal;
    }

    /// <summary>The terminal; null with pipes.</summary>
    public PseudoTerminal? Terminal { get; }

    /// <summary>Where the command's input goes; null when it has none.</summary>
    public DescriptorStream? Input => Terminal?.Master ?? stdin?.Shim;

    /// <summary>A terminal.</summary>
    public static ExecIo WithTerminal(WindowSize size) => new(null, null, null, PseudoTerminal.Open(size));

    /// <summary>Pipes.</summary>
    public static ExecIo WithPipes(bool hasStdin)
    {
        var pipes = new List<PipePair>();
        try
        {
            pipes.Add(PipePair.ForReading());
            pipes.Add(PipePair.ForReading());
            return new(hasStdin ? PipePair.ForWriting() : null, pipes[0], pipes[1], null);
        }
        catch
        {
            pipes.ForEach(p => p.Dispose());
            throw;
        }
    }

    /// <summary>Gives the process its ends.</summary>
    public SpawnRequest Give(SpawnRequest request) => Terminal is not null
        ? request with { Terminal = Terminal.Path, Stdout = 0, Stderr = 0 }
        : request with { Stdin = stdin?.ProcessEnd, Stdout = stdout!.ProcessEnd, Stderr = stderr!.ProcessEnd };

    /// <summary>The process has its ends; without this the end of its output would never be seen.</summary>
    public void CloseProcessEnds()
    {
        stdin?.Process.Dispose();
        stdout?.Process.Dispose();
        stderr?.Process.Dispose();
    }

    /// <summary>Where the command's output goes.</summary>
    public IEnumerable<(DescriptorStream From, OutgoingLane To)> Outputs(AcceptedSession session) => Terminal is not null
        ? [(Terminal.Master, session.Stdout)]
        : [(stdout!.Shim, session.Stdout), (stderr!.Shim, session.Stderr)];

    /// <summary>The input has ended: an end of file. A terminal has none to give; who types there types it.</summary>
    public void EndInput() => stdin?.Shim.Dispose();

    public void Dispose()
    {
        Terminal?.Dispose();
        stdin?.Dispose();
        stdout?.Dispose();
        stderr?.Dispose();
    }
}
