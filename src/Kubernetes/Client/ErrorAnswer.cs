using System.Net;
using System.Text;
using System.Text.Json;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>Reads what the API server, or a proxy before it, says in refusing a request.</summary>
internal static class ErrorAnswer
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxText = 500;

    /// <param name="request">What was refused.</param>
    /// <param name="response">The refusal.</param>
    /// <param name="hint">What is known to be wrong with the credentials; shown where it may be the cause.</param>
    /// <param name="now">For a server that says by the clock when to come back.</param>
    /// <param name="cancellationToken">Ends the wait for the body.</param>
    public static async Task<ApiException> ReadAsync(
        ApiRequest request, HttpResponseMessage response, string hint, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var body = await ReadStartAsync(response.Content, cancellationToken);
        var status = Parse(body);
        var text = status?.Message ?? Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, MaxText))).Trim();
        return new ApiException(
            request.ToString(),
            response.StatusCode,
            status,
            response.StatusCode == HttpStatusCode.Unauthorized ? text + hint : text,
            RetryDelays.Asked(response.Headers.RetryAfter, status, now));
    }

    /// <summary>The error that a watch tells in the place of an event.</summary>
    public static ApiException FromWatch(ApiRequest request, Status status) => new(
        request.ToString(),
        (HttpStatusCode)(status.Code ?? (int)HttpStatusCode.InternalServerError),
        status,
        status.Message ?? "the watch failed",
        RetryDelays.Asked(null, status, default));

    private static async Task<byte[]> ReadStartAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxBytes];
        return buffer[..await stream.ReadAtLeastAsync(buffer, MaxBytes, throwOnEndOfStream: false, cancellationToken)];
    }

    private static Status? Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, KubernetesJson.Api.Status) is { Kind: "Status" } status ? status : null;
        }
        catch (JsonException)
        {
            // A proxy speaks HTML or plain text, which is shown as it is.
            return null;
        }
    }
}
