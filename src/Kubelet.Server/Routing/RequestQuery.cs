using Microsoft.AspNetCore.Http;

namespace VirtualKubelet.Kubelet.Server.Routing;

/// <summary>
/// Query parameters as Go's <c>URL.Query()</c> gives them: keys are case-sensitive, values keep their order, and a pair with a
/// malformed escape or a semicolon is as if it were not there.
/// </summary>
internal sealed class RequestQuery
{
    private readonly List<KeyValuePair<string, string>> _pairs = [];

    private RequestQuery()
    {
    }

    /// <summary>Reads the query of a request.</summary>
    public static RequestQuery Of(HttpRequest request) => Parse(request.QueryString.Value);

    /// <summary>Reads a query string, with or without its question mark.</summary>
    public static RequestQuery Parse(ReadOnlySpan<char> text)
    {
        var query = new RequestQuery();
        text = text.StartsWith('?') ? text[1..] : text;
        foreach (var range in text.Split('&'))
        {
            query.Add(text[range]);
        }

        return query;
    }

    /// <summary>The first value of a key; null when the key is absent, empty when it has no value.</summary>
    public string? First(string key)
    {
        foreach (var pair in _pairs)
        {
            if (pair.Key == key)
            {
                return pair.Value;
            }
        }

        return null;
    }

    /// <summary>All values of a key.</summary>
    public IEnumerable<string> All(string key) => _pairs.Where(p => p.Key == key).Select(p => p.Value);

    /// <summary>Whether the first value of a key is <c>1</c>, which is all that the streaming routes take for true.</summary>
    public bool IsOne(string key) => First(key) == "1";

    private void Add(ReadOnlySpan<char> pair)
    {
        if (pair.IsEmpty || pair.Contains(';'))
        {
            return;
        }

        var equals = pair.IndexOf('=');
        if (PercentEncoding.TryDecodeQuery(equals < 0 ? pair : pair[..equals], out var key)
            && PercentEncoding.TryDecodeQuery(equals < 0 ? [] : pair[(equals + 1)..], out var value))
        {
            _pairs.Add(new(key, value));
        }
    }
}
