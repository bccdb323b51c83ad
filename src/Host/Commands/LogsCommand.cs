using System.CommandLine;
using System.CommandLine.Parsing;
using VirtualKubelet.Configuration.Reading;
using VirtualKubelet.Kubelet.Client;

namespace VirtualKubelet.Host.Commands;

/// <summary><c>vk-slurm logs</c>: prints a container's log.</summary>
internal static class LogsCommand
{
    public static Command Create()
    {
        var pod = new Argument<PodName>("NAMESPACE/POD") { Description = "The pod.", CustomParser = result => PodName.Parse(result)! };
        var container = new Option<string?>("--container", "-c") { Description = "The container; by default the pod's first.", HelpName = "NAME" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the container has ended." };
        var previous = new Option<bool>("--previous", "-p") { Description = "The run before the current one." };
        var timestamps = new Option<bool>("--timestamps") { Description = "Prefix each line with its time." };
        var tail = new Option<long?>("--tail") { Description = "Only the last N lines.", HelpName = "N" };
        var since = new Option<TimeSpan?>("--since") { Description = "Only what is newer than this, such as 90s, 5m or 2h.", HelpName = "DURATION", CustomParser = ParseSince };
        var limit = new Option<long?>("--limit-bytes") { Description = "At most N bytes.", HelpName = "N" };
        var connection = new ConnectionOptions();
        var command = new Command("logs", "Print a container's log.") { pod, container, follow, previous, timestamps, tail, since, limit };
        connection.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ClientErrors.RunAsync(
            async () =>
            {
                using var client = new KubeletClient(connection.Read(parsed));
                var (ns, name) = parsed.GetRequiredValue(pod);
                var request = new LogsRequest(ns, name, parsed.GetValue(container) ?? await DefaultContainer.FindAsync(client, ns, name, cancellationToken))
                {
                    Follow = parsed.GetValue(follow),
                    Previous = parsed.GetValue(previous),
                    Timestamps = parsed.GetValue(timestamps),
                    TailLines = parsed.GetValue(tail),
                    SinceSeconds = parsed.GetValue(since) is { } age ? Math.Max(1, (long)Math.Ceiling(age.TotalSeconds)) : null,
                    LimitBytes = parsed.GetValue(limit),
                };
                return await CopyAsync(client, request, cancellationToken);
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> CopyAsync(KubeletClient client, LogsRequest request, CancellationToken cancellationToken)
    {
        await using var log = await client.OpenLogsAsync(request, cancellationToken);
        await using var output = Console.OpenStandardOutput();
        await log.CopyToAsync(output, cancellationToken);
        return ExitCodes.Success;
    }

    private static TimeSpan? ParseSince(ArgumentResult result)
    {
        if (DurationText.TryParse(result.Tokens.Single().Value, out var duration))
        {
            return duration;
        }

        result.AddError("--since takes a duration such as 90s, 5m or 2h");
        return null;
    }
}
