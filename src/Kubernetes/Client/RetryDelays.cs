using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>When a refused request may be sent again.</summary>
internal static class RetryDelays
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    /// <summary>How long to wait before the next try; null when there is to be none.</summary>
    /// <param name="error">What the last try met.</param>
    /// <param name="retries">Tries again so far.</param>
    /// <param name="options">The bounds.</param>
    public static TimeSpan? Next(ApiException error, int retries, ApiClientOptions options)
    {
        var isWorthIt = error.Kind is ApiErrorKind.TooManyRequests or ApiErrorKind.ServerTimeout or ApiErrorKind.ServerError or ApiErrorKind.Unavailable;
        if (!isWorthIt || retries >= options.MaxRetries || error.RetryAfter > options.MaxRetryDelay)
        {
            return null;
        }

        // Nobody comes before the time the server named, and not all at that time; without one the wait doubles, half of it by chance.
        var doubled = First * Math.Pow(2, retries);
        var delay = error.RetryAfter is { } named ? named + (doubled * Chance()) : doubled * (0.5 + (0.5 * Chance()));
        return delay < options.MaxRetryDelay ? delay : options.MaxRetryDelay;
    }

    /// <summary>The wait the server asks for, from the header or the status.</summary>
    public static TimeSpan? Asked(RetryConditionHeaderValue? header, Status? status, DateTimeOffset now)
    {
        var asked = header?.Delta ?? header?.Date - now;
        asked ??= status?.Details?.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }

    private static double Chance() => RandomNumberGenerator.GetInt32(1000) / 1000.0;
}
