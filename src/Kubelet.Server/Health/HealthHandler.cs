using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Errors;
using VirtualKubelet.Kubelet.Server.Routing;

namespace VirtualKubelet.Kubelet.Server.Health;

/// <summary><c>/healthz</c> and its single checks, worded as apiserver's <c>healthz</c> package does.</summary>
internal sealed partial class HealthHandler(IReadOnlyList<IHealthCheck> checks, ILogger<HealthHandler> logger)
{
    /// <summary>The checks, in the order of the answer.</summary>
    public IReadOnlyList<IHealthCheck> Checks => checks;

    /// <summary>All checks. <c>?exclude=NAME</c> leaves some out, <c>?verbose</c> names each; a failure always does.</summary>
    public Task HandleAllAsync(HttpContext context, IReadOnlyList<string> parameters)
    {
        var query = RequestQuery.Of(context.Request);
        var excluded = query.All("exclude").ToHashSet(StringComparer.Ordinal);
        var report = new StringBuilder();
        var healthy = true;
        foreach (var check in checks)
        {
            healthy &= Report(check, excluded, report);
        }

        if (excluded.Count > 0)
        {
            var names = string.Join(',', excluded.Order(StringComparer.Ordinal).Select(GoText.Quote));
            report.Append("warn: some health checks cannot be excluded: no matches for ").Append(names).Append('\n');
        }

        if (!healthy)
        {
            return TextResponse.WriteLineAsync(context, StatusCodes.Status500InternalServerError, $"{report}healthz check failed");
        }

        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TextResponse.WriteAsync(
            context, StatusCodes.Status200OK, query.First("verbose") is null ? "ok" : $"{report}healthz check passed\n");
    }

    /// <summary>One check.</summary>
    public static Task HandleOneAsync(HttpContext context, IHealthCheck check) =>
        check.FindFault() is { } fault
            ? TextResponse.WriteLineAsync(context, StatusCodes.Status500InternalServerError, $"internal server error: {fault}")
            : TextResponse.WriteAsync(context, StatusCodes.Status200OK, "ok");

    [LoggerMessage(Level = LogLevel.Warning, Message = "Health check {Check} failed: {Fault}")]
    private static partial void LogFault(ILogger logger, string check, string fault);

    private bool Report(IHealthCheck check, HashSet<string> excluded, StringBuilder report)
    {
        if (excluded.Remove(check.Name))
        {
            report.Append("[+]").Append(check.Name).Append(" excluded: ok\n");
            return true;
        }

        if (check.FindFault() is not { } fault)
        {
            report.Append("[+]").Append(check.Name).Append(" ok\n");
            return true;
        }

        // The reason is for the log: health is shown to those who may see nothing else.
        LogFault(logger, check.Name, fault);
        report.Append("[-]").Append(check.Name).Append(" failed: reason withheld\n");
        return false;
    }
}
