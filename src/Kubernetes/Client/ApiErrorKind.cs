namespace VirtualKubelet.Kubernetes.Client;

/// <summary>What kind of failure a request met; decide by this, never by message.</summary>
public enum ApiErrorKind
{
    /// <summary>A refusal that has no kind of its own here.</summary>
    Other,

    /// <summary>400: the request makes no sense.</summary>
    BadRequest,

    /// <summary>401: nobody knows who asks.</summary>
    Unauthorized,

    /// <summary>403: who asks may not.</summary>
    Forbidden,

    /// <summary>404: there is no such object, or no such resource.</summary>
    NotFound,

    /// <summary>409: an object of that name exists.</summary>
    AlreadyExists,

    /// <summary>409: the object changed meanwhile, or is not the one that a precondition names.</summary>
    Conflict,

    /// <summary>410, or the watch's own word for it: what was asked about is no longer remembered. List anew.</summary>
    Gone,

    /// <summary>422: the object or the patch is not valid.</summary>
    Invalid,

    /// <summary>405, 406, 415: this server cannot do that.</summary>
    NotSupported,

    /// <summary>413: too large.</summary>
    TooLarge,

    /// <summary>429: too many requests; see <see cref="ApiException.RetryAfter"/>.</summary>
    TooManyRequests,

    /// <summary>504, or 500 with that reason: the server did not finish in time; the request may have been carried out.</summary>
    ServerTimeout,

    /// <summary>500: the server failed.</summary>
    ServerError,

    /// <summary>502 or 503: the server, or something behind it, is not there now.</summary>
    Unavailable,

    /// <summary>There was no answer: no connection, no trust, or the connection broke; the request may have been carried out.</summary>
    Unreachable,

    /// <summary>There was no answer in the time that <see cref="ApiClientOptions.RequestTimeout"/> gives; the request may have been carried out.</summary>
    TimedOut,

    /// <summary>The answer is not what an API server says: half an event, no JSON, too long.</summary>
    Garbled,
}
