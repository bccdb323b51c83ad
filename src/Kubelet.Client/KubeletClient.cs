using System.Net.Http.Headers;
using System.Text;

namespace VirtualKubelet.Kubelet.Client;

/// <summary>Speaks to one kubelet, ours or any other. Requests may run side by side.</summary>
public sealed class KubeletClient : IDisposable
{
    /// <summary>As much of an error as the API server reads.</summary>
    private const int MaxErrorBytes = 50_000;

    private readonly KubeletClientOptions _options;
    private readonly HttpClient _http;

    /// <summary>Makes a client; it connects with the first request.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="IOException">A certificate file cannot be read.</exception>
    public KubeletClient(KubeletClientOptions options)
    {
        _options = options;
        _http = new HttpClient(KubeletHandler.Create(options))
        {
            BaseAddress = options.Server,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Ends all streams.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>
    /// Opens a container's log. The stream ends when the log is complete; a connection that breaks before is an
    /// <see cref="IOException"/> when reading, never an end. Disposing the stream ends the request.
    /// </summary>
    /// <exception cref="KubeletRequestException">The kubelet refused.</exception>
    /// <exception cref="HttpRequestException">The kubelet could not be reached, or its certificate is not the expected one.</exception>
    /// <exception cref="TimeoutException">No answer within <see cref="KubeletClientOptions.ResponseTimeout"/>.</exception>
    public Task<Stream> OpenLogsAsync(LogsRequest request, CancellationToken cancellationToken) =>
        OpenAsync(request.ToPathAndQuery(), cancellationToken);

    /// <summary>Opens the list of the node's pods, a v1 PodList in JSON.</summary>
    /// <inheritdoc cref="OpenLogsAsync" path="/exception"/>
    public Task<Stream> OpenPodsAsync(CancellationToken cancellationToken) => OpenAsync("/pods", cancellationToken);

    private async Task<Stream> OpenAsync(string pathAndQuery, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.ResponseTimeout);
        try
        {
            var response = await SendAsync(pathAndQuery, limit.Token);

            // The token of the limit ends with this method and must not end the stream.
            return await response.Content.ReadAsStreamAsync(CancellationToken.None);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{_options.Server} did not answer within {_options.ResponseTimeout.TotalSeconds} s", e);
        }
    }

    private static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxErrorBytes];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private async Task<HttpResponseMessage> SendAsync(string pathAndQuery, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, pathAndQuery);
        if (await ReadTokenAsync(cancellationToken) is { } token)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new KubeletRequestException(response.StatusCode, await ReadErrorAsync(response, cancellationToken));
        }
    }

    private async Task<string?> ReadTokenAsync(CancellationToken cancellationToken) => _options.TokenFile is { } path
        ? (await File.ReadAllTextAsync(path, cancellationToken)).Trim()
        : _options.BearerToken;
}
