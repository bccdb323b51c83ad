using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using VirtualKubelet.Providers.Slurm.Backends;
using VirtualKubelet.Shim.Protocol.Channel;
using VirtualKubelet.Shim.Protocol.Descriptors;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>One channel into a running pod: a process (srun, or the shim itself) whose stdin and stdout carry frames, and what became of it.</summary>
internal sealed class PodChannel : IAsyncDisposable
{
    /// <summary>How long the process may go on after its stdin was closed: the shim ends what runs in its sessions first.</summary>
    private static readonly TimeSpan LeaveBound = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan DialBackBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastWordsBound = TimeSpan.FromMilliseconds(500);
    private readonly string _name;
    private readonly Process _process;
    private readonly DescriptorStream _input;
    private readonly Task<int> _exited;
    private readonly ErrorTail _errors;
    private readonly DialBackListener? _listener;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _running;
    private readonly Task _starting;
    private readonly Task _dialBack;
    private NetworkStream? _second;
    private volatile bool _isLate;
    private (long Sent, long Received) _counted;

    private PodChannel(string name, Process process, DescriptorStream input, IPAddress? dialBackAddress, TimeSpan timeout, TimeProvider time)
    {
        _name = name;
        _exited = ExitCodeOf(process);
        _process = process;
        _errors = new ErrorTail(process.StandardError.BaseStream);
        _input = input;
        _listener = dialBackAddress is null ? null : DialBackListener.TryOpen(dialBackAddress);
        Connection = new ChannelConnection(
            _input,
            process.StandardInput.BaseStream,
            new ChannelGreeting { Version = ChannelLimits.Version, Program = "vk-slurm", DialBack = _listener?.Offer },
            pauses: _input.TryMakeRoom(ChannelConnection.PipeRoom) ? time : null,
            interjections: _errors.Append);
        _running = RunAsync();
        _starting = WaitForGreetingAsync(timeout, time);
        _dialBack = SwitchAsync();
    }

    /// <summary>The frames.</summary>
    public ChannelConnection Connection { get; }

    /// <summary>Whether it can carry another session.</summary>
    public bool IsAlive => !Connection.Ended.IsCompleted;

    /// <summary>
    /// Starts a channel. Sessions can be opened at once: their first frames travel with our greeting, which saves a round trip through Slurm.
    /// </summary>
    /// <exception cref="ProviderException"><see cref="ProviderErrorKind.Unavailable"/>: the program is not there, or the agent has no more descriptors.</exception>
    public static PodChannel Start(ChannelCommand command, IPAddress? dialBackAddress, TimeSpan timeout, TimeProvider time)
    {
        var process = Launch(command);
        try
        {
            return new(Path.GetFileName(command.Executable), process, InputOf(process), dialBackAddress, timeout, time);
        }
        catch (IOException e)
        {
            process.Kill();
            process.Dispose();
            SlurmMetrics.ChannelNotStarted();
            throw new ProviderException(ProviderErrorKind.Unavailable, $"cannot talk to {command.Executable}: {e.Message}", e);
        }
    }

    /// <summary>Why the channel ended or never began, in the words of its process where it said any.</summary>
    public async Task<string> ExplainAsync(string otherwise)
    {
        await _starting;
        var words = _isLate ? $"no answer in time; {_errors.Words}" : await WordsAsync(otherwise);
        return Connection.Greeted.IsCompletedSuccessfully ? $"the channel into the pod broke off: {words}" : $"the channel into the pod did not start: {words}";
    }

    /// <summary>Adds to the metrics what was carried since the last call.</summary>
    public void Count()
    {
        var now = (Connection.BytesSent, Connection.BytesReceived);
        SlurmMetrics.ChannelCarried(now.BytesSent - _counted.Sent, now.BytesReceived - _counted.Received);
        _counted = now;
    }

    /// <summary>Ends the channel, and with it its sessions and what runs in them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Connection.Greeted.IsCompletedSuccessfully)
        {
            SlurmMetrics.ChannelEnded(wasNeeded: !IsAlive && Connection.SessionCount > 0);
        }

        await _closing.CancelAsync();
        await _running;
        await _starting;
        await _dialBack;
        _listener?.Dispose();
        if (_second is not null)
        {
            await _second.DisposeAsync();
        }

        await EndProcessAsync();
        _closing.Dispose();
    }

    private static Process Launch(ChannelCommand command)
    {
        var start = new ProcessStartInfo(command.Executable, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (key, value) in command.Environment)
        {
            start.Environment[key] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            SlurmMetrics.ChannelNotStarted();
            throw new ProviderException(ProviderErrorKind.Unavailable, $"cannot start {command.Executable}: {e.Message}", e);
        }
    }

    // .NET's own stream is told of each write from its first read on: srun writes a kilobyte at a time, and every one of them would wake a thread.
    private static DescriptorStream InputOf(Process process)
    {
        using var output = (PipeStream)process.StandardOutput.BaseStream;
        return DescriptorStream.DuplicateOf(output.SafePipeHandle);
    }

    private async Task<string> WordsAsync(string otherwise)
    {
        // Its last words, and its end, come a moment after the end of its stdout.
        await Task.WhenAny(Task.WhenAll(_errors.Completed, _exited), Task.Delay(LastWordsBound));
        return _errors.Words is { Length: > 0 } words ? words : _exited.IsCompleted ? Say(_name, await _exited) : otherwise;

        static string Say(string name, int code) => string.Create(CultureInfo.InvariantCulture, $"{name} ended with exit code {code} and not a word");
    }

    private async Task WaitForGreetingAsync(TimeSpan timeout, TimeProvider time)
    {
        var started = time.GetTimestamp();
        try
        {
            await Connection.Greeted.WaitAsync(timeout, time);
            SlurmMetrics.ChannelStarted(time.GetElapsedTime(started));
        }
        catch (Exception e) when (e is ChannelClosedException or TimeoutException)
        {
            SlurmMetrics.ChannelNotStarted();
            _isLate = e is TimeoutException;
            await _closing.CancelAsync();
        }
    }

    private static async Task<int> ExitCodeOf(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private async Task RunAsync()
    {
        // Not on the caller's time: a process that is gone already would fail the write right here.
        await Task.Yield();
        try
        {
            await Connection.RunAsync(_closing.Token);
        }
        catch (Exception e) when (e is IOException or ChannelProtocolException)
        {
            // The sessions have been told.
        }
    }

    private async Task SwitchAsync()
    {
        if (_listener is null)
        {
            return;
        }

        using var bound = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        try
        {
            // Slurm may take its time to start the shim.
            await Connection.Greeted.WaitAsync(bound.Token);
            bound.CancelAfter(DialBackBound);
            _second = await _listener.AcceptAsync(bound.Token);
            Connection.SwitchTo(_second);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException or SocketException)
        {
            // The compute node cannot reach this machine, or the channel is over: all data stays on the first transport.
        }
        finally
        {
            _listener.Dispose();
        }
    }

    private async Task EndProcessAsync()
    {
        using (_process)
        {
            _process.StandardInput.BaseStream.Dispose();
            try
            {
                await _exited.WaitAsync(LeaveBound);
            }
            catch (TimeoutException)
            {
                _process.Kill();
            }

            // Disposing a process leaves streams open that somebody has asked for.
            await _input.DisposeAsync();
            _process.StandardError.BaseStream.Dispose();
        }
    }
}
