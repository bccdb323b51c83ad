using VirtualKubelet.Shim.Output;
using VirtualKubelet.Shim.Protocol;

namespace VirtualKubelet.Shim.Termination;

/// <summary>What one run of a container leaves to say. A message is a courtesy: whatever stands in its way is told in the journal and fails nothing.</summary>
internal sealed class TerminationMessage
{
    // As the kubelet has them (pkg/kubelet/container: MaxContainerTerminationMessage…).
    private const int MaxFileBytes = 4096;
    private const int MaxLogBytes = 2048;
    private const int MaxLogLines = 80;

    // The file may be on another file system than the pod directory, and that may hang.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    private readonly ContainerPlan container;
    private readonly string log;
    private readonly TimeProvider time;
    private readonly Journal journal;
    private TerminationFile? file;

    private TerminationMessage(ContainerPlan container, string log, TimeProvider time, Journal journal)
    {
        this.container = container;
        this.log = log;
        this.time = time;
        this.journal = journal;
    }

    /// <summary>Prepares for the message of a run that is about to start.</summary>
    /// <param name="container">What is run.</param>
    /// <param name="path">Finds the file its message appears in; null when there is none to look at.</param>
    /// <param name="log">The run's log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="journal">Told what is in the way.</param>
    public static async Task<TerminationMessage> ExpectAsync(ContainerPlan container, Func<string?> path, string log, TimeProvider time, Journal journal)
    {
        var message = new TerminationMessage(container, log, time, journal);
        message.file = await message.TryAsync(_ => Task.FromResult(path() is { } file ? TerminationFile.Watch(file) : null));
        return message;
    }

    /// <summary>The message of the run that has ended; empty when there is none.</summary>
    public async Task<byte[]> ReadAsync(int exitCode) => await TryAsync(cancellationToken => FindAsync(exitCode, cancellationToken)) ?? [];

    private async Task<byte[]?> FindAsync(int exitCode, CancellationToken cancellationToken)
    {
        var written = file?.ReadTail(MaxFileBytes, journal) ?? [];
        var fallsBack = written.Length == 0 && exitCode != 0 && container.TerminationMessagePolicy == TerminationMessagePolicy.FallbackToLogsOnError;
        return fallsBack ? await LogTail.ReadAsync(log, MaxLogLines, MaxLogBytes, time, cancellationToken) : written;
    }

    private async Task<T?> TryAsync<T>(Func<CancellationToken, Task<T?>> step)
        where T : class
    {
        using var late = new CancellationTokenSource(Bound, time);
        try
        {
            // On another thread, because a file system that hangs answers to no token.
            return await Task.Run(() => step(late.Token), CancellationToken.None).WaitAsync(late.Token);
        }
        catch (Exception e)
        {
            var reason = e is OperationCanceledException ? $"no answer within {Bound.TotalSeconds:0} s" : e.Message;
            journal.Report($"container {container.Name}: no termination message: {reason}");
            return null;
        }
    }
}
