using VirtualKubelet.Kubelet.Streaming.PortForward;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;
using VirtualKubelet.Kubelet.Streaming.Upgrades;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Upgrades;

public class UpgradeTests
{
    private static readonly UpgradeRequest s_spdy = new() { Method = "POST", Connection = ["Upgrade"], Upgrade = ["SPDY/3.1"], HeaderCount = 6 };

    // The key and its proof are those of RFC 6455, section 1.3.
    private static readonly UpgradeRequest s_webSocket = new()
    {
        Method = "GET",
        Connection = ["keep-alive, Upgrade"],
        Upgrade = ["WebSocket"],
        WebSocketVersion = "13",
        WebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==",
    };

    [Theory]
    [Trait("Item", "X3")]
    [InlineData("v5.channel.k8s.io, v4.channel.k8s.io,v3.channel.k8s.io,  v2.channel.k8s.io,channel.k8s.io")]
    [InlineData("v5.channel.k8s.io", "v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io")]
    public void The_first_protocol_of_the_client_that_is_known_is_taken(params string[] offers)
    {
        var answer = SpdyUpgrade.Negotiate(s_spdy with { StreamProtocolVersions = offers }, RemoteCommandProtocols.Spdy);
        Assert.True(answer.IsAccepted);
        Assert.Equal("v4.channel.k8s.io", answer.Protocol);
        Assert.Equal([new("Upgrade", "SPDY/3.1"), new("X-Stream-Protocol-Version", "v4.channel.k8s.io")], answer.Headers);
    }

    [Fact]
    [Trait("Item", "X4")]
    public void V1_alone_is_taken() =>
        Assert.Equal("channel.k8s.io", SpdyUpgrade.Negotiate(s_spdy with { StreamProtocolVersions = ["channel.k8s.io"] }, RemoteCommandProtocols.Spdy).Protocol);

    [Theory]
    [Trait("Item", "X1")]
    [Trait("Item", "X2")]
    [InlineData(400, "unable to upgrade: header X-Stream-Protocol-Version does not exist in request with 6 headers")]
    [InlineData(400, "unable to upgrade: header X-Stream-Protocol-Version contains [], but no valid protocols", "")]
    [InlineData(403, "unable to upgrade: unable to negotiate protocol: client supports [v9 v8], server accepts [v4.channel.k8s.io v3.channel.k8s.io v2.channel.k8s.io channel.k8s.io]", "v9", "v8")]
    public void Without_a_known_protocol_there_is_no_SPDY(int status, string body, params string[] offers)
    {
        var answer = SpdyUpgrade.Negotiate(s_spdy with { StreamProtocolVersions = offers }, RemoteCommandProtocols.Spdy);
        Assert.Equal((status, body), (answer.StatusCode, answer.Body));
        Assert.Equal(status == 403 ? RemoteCommandProtocols.Spdy : [], answer.Headers.Where(h => h.Key == "X-Accepted-Stream-Protocol-Versions").Select(h => h.Value));
    }

    [Fact]
    [Trait("Item", "X1")]
    public void Without_upgrade_headers_there_is_no_upgrade()
    {
        Assert.Equal(400, SpdyUpgrade.Negotiate(new UpgradeRequest { Method = "POST" }, RemoteCommandProtocols.Spdy).StatusCode);
        Assert.False(new UpgradeRequest { Method = "POST" }.IsSpdy);
        Assert.False(new UpgradeRequest { Method = "GET", Upgrade = ["websocket"] }.IsWebSocket);
    }

    [Theory]
    [Trait("Item", "P1")]
    [InlineData("portforward.k8s.io", 101, 403)]
    [InlineData("v4.channel.k8s.io", 403, 101)]
    public void Port_forward_and_exec_know_their_own_protocols_only(string offer, int portForward, int exec)
    {
        var request = s_spdy with { StreamProtocolVersions = [offer] };
        Assert.Equal(portForward, SpdyUpgrade.Negotiate(request, PortForwardProtocols.Spdy).StatusCode);
        Assert.Equal(exec, SpdyUpgrade.Negotiate(request, RemoteCommandProtocols.Spdy).StatusCode);
    }

    [Theory]
    [Trait("Item", "W2")]
    [Trait("Item", "W3")]
    [InlineData(101, "v5.channel.k8s.io", "v5.channel.k8s.io, v4.channel.k8s.io")]
    [InlineData(101, "v4.channel.k8s.io", "v9", "v4.channel.k8s.io")]
    [InlineData(101, null)]
    [InlineData(403, null, "v2.channel.k8s.io, v9")]
    public void A_WebSocket_takes_the_first_known_protocol_or_none_when_none_is_offered(int status, string? protocol, params string[] offers)
    {
        var answer = WebSocketUpgrade.Negotiate(s_webSocket with { WebSocketProtocols = offers }, RemoteCommandProtocols.WebSocket);
        Assert.Equal((status, protocol, ""), (answer.StatusCode, answer.Protocol, answer.Body));
        Assert.Equal(status == 101, answer.Headers.Contains(new("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
        Assert.Equal(protocol, answer.Headers.SingleOrDefault(h => h.Key == "Sec-WebSocket-Protocol").Value);
    }

    [Fact]
    [Trait("Item", "W1")]
    public void Other_methods_versions_and_keys_are_no_WebSocket()
    {
        Assert.Equal(405, Status(s_webSocket with { Method = "POST" }));
        Assert.Equal(400, Status(s_webSocket with { WebSocketVersion = "8" }));
        Assert.Equal(400, Status(s_webSocket with { WebSocketKey = null }));
        Assert.Equal(400, Status(s_webSocket with { WebSocketKey = "c2hvcnQ=" }));
        Assert.Equal(400, Status(s_webSocket with { WebSocketKey = new string('A', 10_000) }));

        static int Status(UpgradeRequest request) => WebSocketUpgrade.Negotiate(request, RemoteCommandProtocols.WebSocket).StatusCode;
    }

    [Fact]
    public void A_stream_of_HTTP2_needs_no_key_and_is_answered_200_without_what_is_about_connections()
    {
        var request = new UpgradeRequest { Method = "GET", IsStream = true, WebSocketProtocols = ["v9, v5.channel.k8s.io"], WebSocketVersion = "13" };

        var answer = WebSocketUpgrade.Negotiate(request, RemoteCommandProtocols.WebSocket);

        Assert.True(answer.IsAccepted);
        Assert.Equal((200, "v5.channel.k8s.io"), (answer.StatusCode, answer.Protocol));
        Assert.Equal([new("Sec-WebSocket-Protocol", "v5.channel.k8s.io")], answer.Headers);
        Assert.Equal(400, WebSocketUpgrade.Negotiate(request with { WebSocketVersion = "8" }, RemoteCommandProtocols.WebSocket).StatusCode);
        Assert.Equal(403, WebSocketUpgrade.Negotiate(request with { WebSocketProtocols = ["v9"] }, RemoteCommandProtocols.WebSocket).StatusCode);
    }

    [Theory]
    [Trait("Item", "P11")]
    [Trait("Item", "P12")]
    [InlineData("v5.channel.k8s.io, v4.channel.k8s.io", 101, "v4.channel.k8s.io")]
    [InlineData("channel.k8s.io", 403, null)]
    public void Port_forward_takes_v4_from_whatever_is_offered(string offer, int status, string? protocol)
    {
        var answer = WebSocketUpgrade.Negotiate(s_webSocket with { WebSocketProtocols = [offer] }, PortForwardProtocols.WebSocket);
        Assert.Equal((status, protocol), (answer.StatusCode, answer.Protocol));
    }

    [Fact]
    [Trait("Item", "P13")]
    public void A_tunnel_is_recognised_and_its_protocol_echoed_with_the_prefix()
    {
        var request = s_webSocket with { WebSocketProtocols = ["SPDY/3.1+portforward.k8s.io"] };
        Assert.True(PortForwardProtocols.IsTunnel(request.WebSocketProtocols));
        Assert.False(PortForwardProtocols.IsTunnel(["v4.channel.k8s.io", null]));
        Assert.Equal("SPDY/3.1+portforward.k8s.io", WebSocketUpgrade.Negotiate(request, PortForwardProtocols.Tunnel).Protocol);
        Assert.Equal(403, WebSocketUpgrade.Negotiate(request with { WebSocketProtocols = ["SPDY/3.1+other.k8s.io"] }, PortForwardProtocols.Tunnel).StatusCode);
    }
}
