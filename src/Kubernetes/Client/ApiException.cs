using System.Net;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>A request to the API server failed.</summary>
public sealed class ApiException : Exception
{
    /// <summary>Makes the error of a request that got no proper answer.</summary>
    public ApiException(ApiErrorKind kind, string message, Exception? cause = null)
        : base(message, cause) => Kind = kind;

    internal ApiException(string request, HttpStatusCode code, Status? status, string text, TimeSpan? retryAfter)
        : base($"{request}: {(int)code} {status?.Reason ?? code.ToString()}: {text}")
    {
        Kind = ApiErrorKinds.Of(code, status?.Reason);
        Code = code;
        Status = status;
        RetryAfter = retryAfter;
    }

    /// <summary>What kind of failure it was.</summary>
    public ApiErrorKind Kind { get; }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? Code { get; }

    /// <summary>What the API server said, as far as it was the API server that answered.</summary>
    public Status? Status { get; }

    /// <summary>How long the server wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>
    /// Whether a patch was refused because the uid in it is another object's, such as an earlier namesake's. API servers take it for an attempt
    /// to change the uid; to an update or a deletion with a wrong uid they say <see cref="ApiErrorKind.Conflict"/> (all three seen on 1.20).
    /// </summary>
    public bool IsPatchOfAnotherObject => Kind == ApiErrorKind.Invalid && Status?.Details?.Causes?.Any(c => c.Field == "metadata.uid") == true;

    /// <summary>Whether the same request may succeed later without anybody doing anything about it.</summary>
    public bool IsTransient => Kind is ApiErrorKind.TooManyRequests or ApiErrorKind.ServerTimeout or ApiErrorKind.ServerError
        or ApiErrorKind.Unavailable or ApiErrorKind.Unreachable or ApiErrorKind.TimedOut or ApiErrorKind.Garbled;
}
