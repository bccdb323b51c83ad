using System.Net;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>Sends requests: rate limit, deadline, tries, and the translation of everything that can go wrong into <see cref="ApiException"/>.</summary>
internal sealed class RequestSender(ApiConnection connection, ApiClientOptions options, TimeProvider time)
{
    private readonly RequestRate _rate = new(options.QueriesPerSecond, options.Burst, time);

    /// <summary>Sends until there is an answer with a status below 300, or no hope of one.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="deadline">Bounds the tries and the waits between them, up to the header of the answer.</param>
    public async Task<ApiAnswer> SendAsync(ApiRequest request, RequestDeadline deadline)
    {
        try
        {
            for (var retries = 0; ; retries++)
            {
                ClientMetrics.Waited(await _rate.WaitAsync(deadline.Token));
                TimeSpan? delay;
                try
                {
                    return await TryAsync(request, deadline.Token);
                }
                catch (ApiException e) when ((delay = request.IsRepeatable ? RetryDelays.Next(e, retries, options) : null) is not null)
                {
                    ClientMetrics.Retried(request);
                }

                await Task.Delay(delay.Value, time, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw TimedOut(request);
        }
    }

    /// <summary>The error of a request that took too long.</summary>
    public ApiException TimedOut(ApiRequest request) =>
        new(ApiErrorKind.TimedOut, $"{request}: no answer within {options.RequestTimeout.TotalSeconds:0.#} s");

    /// <summary>The error of a connection that failed or broke.</summary>
    public ApiException Unreachable(ApiRequest request, Exception cause) =>
        new(ApiErrorKind.Unreachable, $"{request}: {connection.Server} cannot be reached: {cause.GetBaseException().Message}{Hint()}", cause);

    private async Task<ApiAnswer> TryAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await ExchangeAsync(request, cancellationToken);
            if (answer.Response.IsSuccessStatusCode)
            {
                return answer;
            }

            using (answer)
            {
                throw await ErrorAnswer.ReadAsync(request, answer.Response, Hint(), time.GetUtcNow(), cancellationToken);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(request, e);
        }
    }

    private async Task<ApiAnswer> ExchangeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var transport = connection.Rent();
        var started = time.GetTimestamp();
        HttpStatusCode? code = null;
        try
        {
            using var message = connection.CreateRequest(request.Method, request.PathAndQuery);
            message.Headers.UserAgent.ParseAdd(options.UserAgent);
            message.Headers.Accept.ParseAdd("application/json");
            message.Content = request.CreateContent();
            var response = await transport.SendAsync(message, cancellationToken);
            code = response.StatusCode;
            return new ApiAnswer(response, transport);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
        finally
        {
            ClientMetrics.Answered(request, code, time.GetElapsedTime(started));
        }
    }

    private string Hint() => connection.CredentialProblem is { } problem ? $" ({problem})" : "";
}
