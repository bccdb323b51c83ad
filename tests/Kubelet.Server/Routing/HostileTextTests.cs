using FsCheck;
using FsCheck.Fluent;
using VirtualKubelet.Kubelet.Server.Logs;
using VirtualKubelet.Kubelet.Server.Routing;

namespace VirtualKubelet.Kubelet.Server.Tests.Routing;

/// <summary>Whatever stands in a request line, it is read within bounds or refused, and nothing else.</summary>
public sealed class HostileTextTests
{
    private static readonly string[] Pieces =
    [
        "/", "//", ".", "..", "%2e", "%2F", "%", "%zz", "%00", "\0", "?", "&", "=", ";", "+", "a", "é", "\ud800", "://",
        "containerLogs", "tail", "tailLines=", "limitBytes=", "sinceTime=", "sinceSeconds=", "stream=", "follow",
        "2026-01-02T03:04:05", "Z", "-23:59", ".999999999999", "9223372036854775807", "-1", "0", "All", "null",
    ];

    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(5000);

    private static readonly Arbitrary<string> Texts = Gen.Elements(Pieces).ListOf().Select(p => string.Concat(p)).ToArbitrary();

    [Fact]
    public void Paths_have_few_segments_and_none_that_climbs() => Prop.ForAll(Texts, text =>
        !RequestPath.TryParse(text, out var path)
        || (path.Segments.Count <= 16 && !path.Segments.Any(s => s is "." or ".."))).Check(Config);

    [Fact]
    public void Queries_are_decoded_or_refused_with_400_or_422() => Prop.ForAll(Texts, text =>
    {
        try
        {
            var options = LogOptionsDecoder.Decode(RequestQuery.Parse(text));
            options.Since(DateTimeOffset.UtcNow);
            return options is { TailLines: null or >= 0, LimitBytes: null or > 0 };
        }
        catch (LogOptionsException e)
        {
            return e.Status is 400 or 422;
        }
    }).Check(Config);

    [Fact]
    public void Times_are_read_or_refused() => Prop.ForAll(Texts, text =>
        !Rfc3339.TryParse(text, out var time) || time.Offset == TimeSpan.Zero).Check(Config);
}
