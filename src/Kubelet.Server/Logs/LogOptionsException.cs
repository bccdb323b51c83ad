using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Kubelet.Server.Logs;

/// <summary>A query that cannot be served; the message is the body of the answer.</summary>
internal sealed class LogOptionsException : Exception
{
    private LogOptionsException(int status, string body)
        : base(body)
    {
        Status = status;
    }

    /// <summary>The status of the answer.</summary>
    public int Status { get; }

    public static LogOptionsException NotDecodable() =>
        new(StatusCodes.Status400BadRequest, """{"message": "Unable to decode query."}""");

    public static LogOptionsException NotValid() =>
        new(StatusCodes.Status422UnprocessableEntity, """{"message": "Invalid request."}""");
}
