using System.Text.Json.Nodes;

namespace VirtualKubelet.Testing.ApiServer;

/// <summary>A refusal, as the server words it (meta/v1 <c>Status</c>).</summary>
public sealed class StatusException(int code, string reason, string message) : Exception(message)
{
    public int Code => code;

    public string Reason => reason;

    /// <summary>In seconds; goes into the header and the status.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Fields that were wrong.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>How an expired list could go on.</summary>
    public string? Continue { get; init; }

    public static StatusException BadRequest(string message) => new(400, "BadRequest", message);

    public static StatusException NotFound(string what) => new(404, "NotFound", $"{what} not found");

    public static StatusException AlreadyExists(string what) => new(409, "AlreadyExists", $"{what} already exists");

    public static StatusException Conflict(string what, string why) => new(409, "Conflict", $"Operation cannot be fulfilled on {what}: {why}");

    public static StatusException Expired(string message) => new(410, "Expired", message);

    public static StatusException Invalid(string message) => new(422, "Invalid", message);

    public JsonObject ToJson()
    {
        var details = new JsonObject();
        if (RetryAfter is { } seconds)
        {
            details["retryAfterSeconds"] = seconds;
        }

        if (Fields.Count > 0)
        {
            details["causes"] = new JsonArray([.. Fields.Select(f => new JsonObject { ["reason"] = "FieldValueInvalid", ["field"] = f })]);
        }

        var metadata = new JsonObject();
        if (Continue is not null)
        {
            metadata["continue"] = Continue;
        }

        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = metadata,
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = reason,
            ["details"] = details,
            ["code"] = code,
        };
    }
}
