using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Errors;

/// <summary>Ends a request whose handler threw.</summary>
internal static class FailedRequest
{
    /// <summary>
    /// Answers with the error when nothing of the answer exists yet; otherwise aborts the connection (HTTP/2: resets the stream),
    /// because an orderly end would pass off what was sent as the whole.
    /// </summary>
    public static async Task EndAsync(HttpContext context, Exception exception, ILogger logger)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value ?? "");
        if (context.RequestAborted.IsCancellationRequested)
        {
            RequestLog.ClientLeft(logger, method, path);
            context.Abort();
            return;
        }

        // Bytes that wait in the pipe would come out in front of the error's text.
        if (context.Response.HasStarted || context.Response.BodyWriter.UnflushedBytes > 0)
        {
            RequestLog.CutShort(logger, method, path, exception);
            context.Abort();
            return;
        }

        try
        {
            await AnswerAsync(context, exception, logger, method, path);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            RequestLog.ClientLeft(logger, method, path);
        }
    }

    private static Task AnswerAsync(HttpContext context, Exception exception, ILogger logger, string method, string path)
    {
        context.Response.Clear();
        if (exception is ProviderException error)
        {
            var status = ProviderErrors.StatusOf(error.Kind);
            RequestLog.Refused(logger, method, path, status, error.Message);
            return TextResponse.WriteAsync(context, status, error.Message);
        }

        RequestLog.Failed(logger, method, path, StatusCodes.Status500InternalServerError, exception);
        return TextResponse.WriteAsync(
            context, StatusCodes.Status500InternalServerError, "Internal Error: the agent's log has the reason");
    }
}
