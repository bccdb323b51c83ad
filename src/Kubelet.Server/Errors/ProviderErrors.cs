using Microsoft.AspNetCore.Http;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Errors;

/// <summary>The one place that turns a provider's kinds of error into HTTP.</summary>
internal static class ProviderErrors
{
    /// <summary>The status of an error that met a request before its answer began.</summary>
    public static int StatusOf(ProviderErrorKind kind) => kind switch
    {
        ProviderErrorKind.NotFound => StatusCodes.Status404NotFound,

        // The API server passes a 400's text on to the user; of most others it hides the text.
        ProviderErrorKind.Invalid or ProviderErrorKind.NotRunning or ProviderErrorKind.Rejected => StatusCodes.Status400BadRequest,
        ProviderErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
