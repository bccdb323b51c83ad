using System.Diagnostics.CodeAnalysis;

namespace VirtualKubelet.Kubelet.Server.Routing;

/// <summary>
/// The path of a request in decoded segments, cut from the request line as it was sent. An escaped slash stays inside its
/// segment, so that no name can reach over into the next.
/// </summary>
/// <param name="Segments">The segments, without the empty one that a trailing slash makes.</param>
/// <param name="TrailingSlash">Whether the path ends with a slash.</param>
internal sealed record RequestPath(IReadOnlyList<string> Segments, bool TrailingSlash)
{
    /// <summary>No route has nearly as many; more are not worth the memory.</summary>
    private const int MaxSegments = 16;

    /// <summary>
    /// Reads a request target: origin form or absolute form. False for what no route can match: other forms, malformed escapes,
    /// <c>.</c> and <c>..</c> segments. Those are not resolved, as Go resolves them with a redirect and we never answer one.
    /// </summary>
    public static bool TryParse(string target, [NotNullWhen(true)] out RequestPath? path)
    {
        path = null;
        var text = PathOf(target);
        if (text.IsEmpty)
        {
            return false;
        }

        var segments = new List<string>(4);
        foreach (var range in text[1..].Split('/'))
        {
            if (segments.Count == MaxSegments
                || !PercentEncoding.TryDecodeSegment(text[1..][range], out var segment)
                || segment is "." or "..")
            {
                return false;
            }

            segments.Add(segment);
        }

        var trailingSlash = segments[^1].Length == 0;
        if (trailingSlash)
        {
            segments.RemoveAt(segments.Count - 1);
        }

        path = new RequestPath(segments, trailingSlash);
        return true;
    }

    private static ReadOnlySpan<char> PathOf(string target)
    {
        var text = target.AsSpan();
        var query = text.IndexOf('?');
        text = query < 0 ? text : text[..query];
        if (text.StartsWith('/'))
        {
            return text;
        }

        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var slash = scheme < 0 ? -1 : text[(scheme + 3)..].IndexOf('/');
        return slash < 0 ? [] : text[(scheme + 3 + slash)..];
    }
}
