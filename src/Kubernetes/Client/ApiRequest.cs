using System.Net.Http.Headers;

namespace VirtualKubelet.Kubernetes.Client;

/// <summary>A request as a value: it may be sent more than once.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Verb">What Kubernetes calls it, such as <c>list</c>.</param>
/// <param name="Resource">The resource, such as <c>pods</c> or <c>pods/status</c>.</param>
/// <param name="PathAndQuery">Relative to the server.</param>
/// <param name="IsRepeatable">Whether carrying it out twice does no more than once.</param>
internal sealed record ApiRequest(HttpMethod Method, string Verb, string Resource, string PathAndQuery, bool IsRepeatable)
{
    /// <summary>The JSON to send.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>What kind of JSON it is.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>For messages: the method and the path, without the query, as continue tokens are long.</summary>
    public override string ToString() => $"{Method} /{PathAndQuery.AsSpan(0, PathAndQuery.IndexOf('?') is >= 0 and var end ? end : PathAndQuery.Length)}";

    public HttpContent? CreateContent()
    {
        if (Body is not { } body)
        {
            return null;
        }

        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        return content;
    }
}
