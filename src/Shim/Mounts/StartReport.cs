using System.Text;
using VirtualKubelet.Shim.Descriptors;
using VirtualKubelet.Shim.Processes;
using VirtualKubelet.Shim.Runtimes;

namespace VirtualKubelet.Shim.Mounts;

/// <summary>
/// How a process that starts in a namespace of its own tells how that went: a pipe that closes as the program starts. A mark stands for the namespace;
/// what follows it is why there is no program.
/// </summary>
internal sealed class StartReport(TimeProvider time) : IDisposable
{
    private const int MaxBytes = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PipePair pipe = PipePair.ForReading();

    /// <summary>The end for the process.</summary>
    public int ProcessEnd => pipe.ProcessEnd;

    /// <summary>Says that the namespace is made, in the process.</summary>
    public static void Begin() => Write("+"u8);

    /// <summary>Says why there is no program, in the process.</summary>
    public static void Fail(string message) => Write(Encoding.UTF8.GetBytes(message));

    /// <summary>Waits until the program has started.</summary>
    /// <exception cref="ContainerStartException">It has not, or was not waited for to the end; nothing is left of it then.</exception>
    public async Task AwaitAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        pipe.Process.Dispose();
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var words = await ReadAsync(either.Token);
            if (words.Length != 1)
            {
                throw new ContainerStartException(words.Length > 1 ? words[1..] : Namespaces.Refusal((await process.Exited.WaitAsync(either.Token)).ExitCode));
            }
        }
        catch (OperationCanceledException)
        {
            process.SignalGroup(LinuxConstants.SigKill);
            throw new ContainerStartException(late.IsCancellationRequested
                ? $"the volumes could not be mounted within {Patience.TotalSeconds:0} s"
                : "it was stopped before its volumes were mounted");
        }
    }

    public void Dispose() => pipe.Dispose();

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes];
        var filled = await pipe.Shim.ReadAtLeastAsync(buffer, MaxBytes, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, filled);
    }

    // A mark and a message of less than a page: the pipe takes it at once, or nobody reads it.
    private static unsafe void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            _ = Libc.Write(SpawnRequest.ReportDescriptor, start, (nuint)Math.Min(bytes.Length, MaxBytes - 1));
        }
    }
}
