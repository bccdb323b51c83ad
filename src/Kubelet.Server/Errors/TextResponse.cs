using System.Text;
using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Kubelet.Server.Errors;

/// <summary>Short answers in plain text, in the two shapes that the kubelet's libraries give them.</summary>
internal static class TextResponse
{
    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>The text alone, as go-restful's <c>WriteErrorString</c> sends it.</summary>
    public static Task WriteAsync(HttpContext context, int status, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = status;
        context.Response.ContentType = PlainText;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>The text and a line feed, marked <c>nosniff</c>, as Go's <c>http.Error</c> sends it.</summary>
    public static Task WriteLineAsync(HttpContext context, int status, string text)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(context, status, text + "\n");
    }
}
