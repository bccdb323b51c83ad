using System.IO.Pipelines;
using VirtualKubelet.Logs;
using VirtualKubelet.Providers.Slurm.Jobs;

namespace VirtualKubelet.Providers.Slurm;

/// <summary>Answers log queries from the pod directories.</summary>
internal static class ContainerLogs
{
    /// <summary>Writes what a query selects.</summary>
    /// <exception cref="ProviderException">The log cannot be opened; nothing was written.</exception>
    public static async Task CopyAsync(LogStreamer logs, JobEntry entry, LogQuery query, PipeWriter output, CancellationToken cancellationToken)
    {
        if (query.Run < 0 || !entry.Outline.Has(query.Container))
        {
            throw new ProviderException(ProviderErrorKind.NotFound, $"workload {entry.Id} has no run {query.Run} of a container \"{query.Container}\"");
        }

        var source = new ContainerLog(entry, query.Container, query.Run);
        var selection = new LogSelection
        {
            TailLines = query.TailLines,
            Since = query.Since,
            Timestamps = query.Timestamps,
            LimitBytes = query.LimitBytes,
            Streams = query.Stream switch
            {
                LogStream.Stdout => LogStreams.Stdout,
                LogStream.Stderr => LogStreams.Stderr,
                _ => LogStreams.All,
            },
        };
        await using var read = await OpenAsync(logs, source, selection, query.Follow, cancellationToken);
        await output.FlushAsync(cancellationToken);
        await read.CopyToAsync(output, cancellationToken);
    }

    private static async Task<LogRead> OpenAsync(
        LogStreamer logs, ContainerLog source, LogSelection selection, bool follow, CancellationToken cancellationToken)
    {
        try
        {
            return await logs.OpenAsync(source, selection, follow, cancellationToken);
        }
        catch (FileNotFoundException e)
        {
            throw new ProviderException(ProviderErrorKind.NotFound, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, e.Message, e);
        }
    }
}
