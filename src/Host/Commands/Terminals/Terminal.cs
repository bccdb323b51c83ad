using System.Runtime.InteropServices;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Host.Commands.Terminals;

/// <summary>
/// The terminal on standard input, handed over to a remote one: it passes on every key and edits nothing, until it is disposed. It also gets its own ways back
/// when the process is told to exit, whoever tells it.
/// </summary>
internal sealed class Terminal : IDisposable
{
    private const int Input = 0;

    private readonly byte[] _ownWays;
    private readonly byte[] _rawWays;
    private readonly Action _changed;
    private readonly PosixSignalRegistration[] _signals;
    private int _isRestored;

    private Terminal(byte[] ownWays, Action changed, Action hungUp)
    {
        (_ownWays, _changed) = (ownWays, changed);
        _rawWays = [.. ownWays];
        LibC.CfMakeRaw(_rawWays);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => changed()),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Resume()),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Stop(context, hungUp)),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => Stop(context, hungUp)),
        ];
        Set(_rawWays);
    }

    /// <summary>Its size; null when it does not know.</summary>
    public static TerminalSize? Size
    {
        get
        {
            Span<ushort> size = stackalloc ushort[4];
            return LibC.Ioctl(Input, LibC.GetWindowSize, size) == 0 && size[0] > 0 && size[1] > 0 ? new TerminalSize(size[1], size[0]) : null;
        }
    }

    /// <summary>Hands the terminal over.</summary>
    /// <param name="changed">Called when its size may have changed.</param>
    /// <param name="hungUp">Called when the session has to end; the terminal is restored when this is disposed.</param>
    /// <exception cref="IOException">It is none.</exception>
    public static Terminal HandOver(Action changed, Action hungUp)
    {
        var ways = new byte[LibC.TermiosBytes];
        return LibC.TcGetAttr(Input, ways) == 0
            ? new Terminal(ways, changed, hungUp)
            : throw new IOException($"standard input is no terminal: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        Restore();
    }

    private static void Set(byte[] ways) => _ = LibC.TcSetAttr(Input, LibC.AfterOutput, ways);

    private static void Stop(PosixSignalContext context, Action hungUp)
    {
        context.Cancel = true;
        hungUp();
    }

    /// <summary>A shell that stopped and continued us has set its own ways in between, and the window may be another.</summary>
    private void Resume()
    {
        if (Volatile.Read(ref _isRestored) == 0)
        {
            Set(_rawWays);
            _changed();
        }
    }

    private void OnExit(object? sender, EventArgs e) => Restore();

    private void Restore()
    {
        if (Interlocked.Exchange(ref _isRestored, 1) == 0)
        {
            Set(_ownWays);
        }
    }
}
