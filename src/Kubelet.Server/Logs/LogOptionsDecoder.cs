using System.Globalization;
using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server.Logs;

/// <summary>
/// Decodes the query of <c>/containerLogs</c> as apimachinery's conversion functions do (core/v1 <c>PodLogOptions</c>);
/// unknown parameters are ignored, and of a repeated one the first value counts.
/// </summary>
internal static class LogOptionsDecoder
{
    /// <summary>Decodes, then validates.</summary>
    /// <exception cref="LogOptionsException">A value cannot be decoded (400), or the values are not valid (422).</exception>
    public static LogOptions Decode(RequestQuery query)
    {
        var options = new LogOptions
        {
            Follow = Flag(query.First("follow")),
            Previous = Flag(query.First("previous")),
            Timestamps = Flag(query.First("timestamps")),
            SinceSeconds = Number(query.First("sinceSeconds")),
            SinceTime = query.First("sinceTime") is { } time ? Time(time) : null,
            TailLines = Number(TailLines(query)),
            LimitBytes = Number(query.First("limitBytes")),
        };
        var stream = query.First("stream") ?? nameof(LogStream.All);
        return Validate(options, stream) ? options with { Stream = Enum.Parse<LogStream>(stream) } : throw LogOptionsException.NotValid();
    }

    private static bool Validate(LogOptions options, string stream) =>
        options is { TailLines: null or >= 0, LimitBytes: null or >= 1, SinceSeconds: null or >= 1 }
        && (options.SinceSeconds is null || options.SinceTime is null)
        && stream is nameof(LogStream.All) or nameof(LogStream.Stdout) or nameof(LogStream.Stderr)
        && (options.TailLines is null || stream == nameof(LogStream.All));

    /// <summary>The legacy name <c>tail</c> wins over <c>tailLines</c>; its value <c>all</c> takes both away.</summary>
    private static string? TailLines(RequestQuery query) => query.First("tail") switch
    {
        null or "" => query.First("tailLines"),
        "all" => null,
        var tail => tail,
    };

    /// <summary>Everything but an absent key, <c>0</c> and <c>false</c> is true, the empty value too.</summary>
    private static bool Flag(string? value) =>
        value is not (null or "0") && !value.Equals("false", StringComparison.OrdinalIgnoreCase);

    private static long? Number(string? value)
    {
        if (value is null)
        {
            return null;
        }

        // long.TryParse takes trailing NULs for part of a number, Go does not.
        return !value.Contains('\0') && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw LogOptionsException.NotDecodable();
    }

    private static DateTimeOffset Time(string value)
    {
        if (value is "" or "null")
        {
            return DateTimeOffset.MinValue;
        }

        return Rfc3339.TryParse(value, out var time) ? time : throw LogOptionsException.NotDecodable();
    }
}
