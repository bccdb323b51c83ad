using System.Text;
using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Kubelet.Server.Metrics;

/// <summary><c>/metrics</c>: the agent about itself.</summary>
internal sealed class MetricsHandler(MetricsCollector collector)
{
    public Task HandleAsync(HttpContext context, IReadOnlyList<string> parameters)
    {
        var text = new StringBuilder();
        ProcessMetrics.Write(text);
        collector.Write(text);
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }
}
