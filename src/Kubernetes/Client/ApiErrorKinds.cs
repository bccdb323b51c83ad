using System.Net;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>Makes a kind of a refusal: the API server's reason is more exact than the HTTP status, which a proxy may have written.</summary>
internal static class ApiErrorKinds
{
    public static ApiErrorKind Of(HttpStatusCode code, string? reason) => OfReason(reason) ?? OfCode(code);

    // Reasons of meta/v1, apimachinery pkg/apis/meta/v1/types.go.
    private static ApiErrorKind? OfReason(string? reason) => reason switch
    {
        "BadRequest" => ApiErrorKind.BadRequest,
        "Unauthorized" => ApiErrorKind.Unauthorized,
        "Forbidden" => ApiErrorKind.Forbidden,
        "NotFound" => ApiErrorKind.NotFound,
        "AlreadyExists" => ApiErrorKind.AlreadyExists,
        "Conflict" => ApiErrorKind.Conflict,
        "Gone" or "Expired" => ApiErrorKind.Gone,
        "Invalid" => ApiErrorKind.Invalid,
        "MethodNotAllowed" or "NotAcceptable" or "UnsupportedMediaType" => ApiErrorKind.NotSupported,
        "RequestEntityTooLarge" => ApiErrorKind.TooLarge,
        "TooManyRequests" => ApiErrorKind.TooManyRequests,
        "ServerTimeout" or "Timeout" => ApiErrorKind.ServerTimeout,
        "InternalError" => ApiErrorKind.ServerError,
        "ServiceUnavailable" => ApiErrorKind.Unavailable,
        _ => null,
    };

    private static ApiErrorKind OfCode(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => ApiErrorKind.BadRequest,
        HttpStatusCode.Unauthorized => ApiErrorKind.Unauthorized,
        HttpStatusCode.Forbidden => ApiErrorKind.Forbidden,
        HttpStatusCode.NotFound => ApiErrorKind.NotFound,
        HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotAcceptable or HttpStatusCode.UnsupportedMediaType => ApiErrorKind.NotSupported,
        HttpStatusCode.Conflict => ApiErrorKind.Conflict,
        HttpStatusCode.Gone => ApiErrorKind.Gone,
        HttpStatusCode.RequestEntityTooLarge => ApiErrorKind.TooLarge,
        HttpStatusCode.UnprocessableEntity => ApiErrorKind.Invalid,
        HttpStatusCode.TooManyRequests => ApiErrorKind.TooManyRequests,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable => ApiErrorKind.Unavailable,
        HttpStatusCode.GatewayTimeout => ApiErrorKind.ServerTimeout,
        >= HttpStatusCode.InternalServerError => ApiErrorKind.ServerError,
        _ => ApiErrorKind.Other,
    };
}
