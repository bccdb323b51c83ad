using System.Net;
using System.Net.Http.Headers;

namespace VirtualKubelet.Kubelet.Client.Upgrades;

/// <summary>The client's side of one upgrade to SPDY, asking as client-go does.</summary>
/// <param name="protocols">What is offered, best first.</param>
internal sealed class SpdyHandshake(IReadOnlyList<string> protocols) : IHandshake
{
    private const string ProtocolHeader = "X-Stream-Protocol-Version";

    /// <inheritdoc/>
    public HttpStatusCode Accepted => HttpStatusCode.SwitchingProtocols;

    /// <inheritdoc/>
    public void Ask(HttpRequestMessage message)
    {
        message.Method = HttpMethod.Post;
        message.Content = new ByteArrayContent([]);
        message.Version = HttpVersion.Version11;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        message.Headers.Connection.Add("Upgrade");
        message.Headers.Upgrade.Add(new ProductHeaderValue("SPDY", "3.1"));
        message.Headers.Add(ProtocolHeader, protocols);
    }

    /// <inheritdoc/>
    public string Check(HttpResponseMessage response)
    {
        if (!response.Headers.Upgrade.Any(product => product.ToString().Equals("SPDY/3.1", StringComparison.OrdinalIgnoreCase)))
        {
            throw new KubeletProtocolException("the kubelet upgraded to something else than SPDY/3.1");
        }

        var protocol = response.Headers.TryGetValues(ProtocolHeader, out var values) ? string.Join(", ", values) : "";
        return protocols.Contains(protocol)
            ? protocol
            : throw new KubeletProtocolException($"the kubelet chose the protocol \"{protocol}\", but {string.Join(" and ", protocols)} was offered");
    }
}
