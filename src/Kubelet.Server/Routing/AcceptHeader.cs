using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Kubelet.Server.Routing;

/// <summary>The little of content negotiation that JSON routes do.</summary>
internal static class AcceptHeader
{
    /// <summary>Whether the client takes JSON: no header, <c>*/*</c>, <c>application/*</c> or <c>application/json</c>; weights are ignored, as go-restful does.</summary>
    public static bool AllowsJson(HttpRequest request)
    {
        var values = request.Headers.Accept;
        return values.Count == 0 || values.All(string.IsNullOrWhiteSpace) || values.Any(AllowsJson);
    }

    private static bool AllowsJson(string? value)
    {
        var text = value.AsSpan();
        foreach (var range in text.Split(','))
        {
            var item = text[range];
            var parameters = item.IndexOf(';');
            item = (parameters < 0 ? item : item[..parameters]).Trim();
            if (item is "*/*" || item.Equals("application/*", StringComparison.OrdinalIgnoreCase)
                || item.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
