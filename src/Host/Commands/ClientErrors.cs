using VirtualKubelet.Host.Commands.Terminals;
using VirtualKubelet.Kubelet.Client;

namespace VirtualKubelet.Host.Commands;

/// <summary>Runs a client command and turns what may go wrong on the way to an agent into one line and an exit code.</summary>
internal static class ClientErrors
{
    public static async Task<int> RunAsync(Func<Task<int>> command, CancellationToken cancellationToken)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C ends a follow as it ends kubectl's.
            return ExitCodes.Interrupted;
        }
        catch (BrokenPipeException)
        {
            // As in `| head`: no reason to complain.
            return ExitCodes.BrokenPipe;
        }
        catch (Exception e) when (e is KubeletRequestException or HttpRequestException or TimeoutException or IOException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"error: {Words(e)}");
            return ExitCodes.Failure;
        }
    }

    // The reason of a refused connection or certificate is inside.
    private static string Words(Exception e) =>
        e.InnerException is { } inner && !e.Message.Contains(inner.Message, StringComparison.Ordinal) ? $"{e.Message} ({inner.Message})" : e.Message;
}
