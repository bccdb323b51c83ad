using Microsoft.AspNetCore.Http;
using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Hosting;
using VirtualKubelet.Kubelet.Server.Metrics;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Logs;

/// <summary>
/// <c>/containerLogs/{namespace}/{pod}/{container}</c>. The checks keep the kubelet's order, as clients tell the cases apart by
/// the body. Unlike the kubelet nothing is sent before the log is open, so that no failure hides in a 200.
/// </summary>
/// <param name="pods">The pods of this node.</param>
/// <param name="provider">Reads the log.</param>
/// <param name="slots">Bounds the streams.</param>
/// <param name="time">The clock of <c>sinceSeconds</c>.</param>
/// <param name="stopping">Cancelled when the server stops: open streams are cut then.</param>
internal sealed class LogsHandler(
    IPodLister pods, IProvider provider, Slots slots, TimeProvider time, CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext context, IReadOnlyList<string> parameters)
    {
        var (ns, name, container) = (parameters[0], parameters[1], parameters[2]);
        if (Missing(ns, name, container) is { } missing)
        {
            await TextResponse.WriteAsync(context, StatusCodes.Status400BadRequest, missing);
            return;
        }

        LogOptions options;
        try
        {
            options = LogOptionsDecoder.Decode(RequestQuery.Of(context.Request));
        }
        catch (LogOptionsException e)
        {
            await TextResponse.WriteAsync(context, e.Status, e.Message);
            return;
        }

        if (pods.Find(ns, name) is not { } pod)
        {
            await TextResponse.WriteAsync(context, StatusCodes.Status404NotFound, $"pod {GoText.Quote(name)} does not exist");
            return;
        }

        if (pod.Spec.AllContainers.All(c => c.Name != container))
        {
            await TextResponse.WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                $"container {GoText.Quote(container)} not found in pod {GoText.Quote(name)}");
            return;
        }

        var (run, fault) = LogRun.Select(pod, container, options.Previous);
        if (fault is not null)
        {
            await TextResponse.WriteAsync(context, StatusCodes.Status400BadRequest, fault);
            return;
        }

        await StreamAsync(context, Query(pod, container, run, options));
    }

    private static string? Missing(string ns, string pod, string container) =>
        pod.Length == 0 ? """{"message": "Missing podID."}"""
        : container.Length == 0 ? """{"message": "Missing container name."}"""
        : ns.Length == 0 ? """{"message": "Missing podNamespace."}"""
        : null;

    private LogQuery Query(Pod pod, string container, int run, LogOptions options) => new()
    {
        Workload = new WorkloadId(pod.Metadata.Namespace ?? "", pod.Metadata.Name ?? "", pod.Metadata.Uid ?? ""),
        Container = container,
        Run = run,
        Follow = options.Follow,
        Timestamps = options.Timestamps,
        Since = options.Since(time.GetUtcNow()),
        TailLines = options.TailLines,
        LimitBytes = options.LimitBytes,
        Stream = options.Stream,
    };

    private async Task StreamAsync(HttpContext context, LogQuery query)
    {
        using var slot = slots.TryTake();
        if (slot is null)
        {
            context.Response.Headers.RetryAfter = "5";
            await TextResponse.WriteAsync(
                context, StatusCodes.Status429TooManyRequests, "too many log streams are open on this node; try again later");
            return;
        }

        ServerMetrics.LogStreams.Add(1);
        try
        {
            await using var cut = stopping.Register(static state => ((HttpContext)state!).Abort(), context);

            // No Content-Type, as the kubelet: the API server sets its own, and no Content-Length: Kestrel chunks by itself.
            await provider.ReadLogsAsync(query, context.Response.BodyWriter, context.RequestAborted);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            ServerMetrics.LogStreams.Add(-1);
        }
    }
}
