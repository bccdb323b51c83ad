using System.Buffers.Text;
using System.Text;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Authentication;

public sealed class WebSocketTokenTests
{
    private const string Path = "GET /exec/ns/p/c?command=true&output=1";
    private const string Prefix = "base64url.bearer.authorization.k8s.io.";

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("{0}, v4.channel.k8s.io", 101, "v4.channel.k8s.io")]
    [InlineData("v9,{0},v5.channel.k8s.io", 101, "v5.channel.k8s.io")]
    [InlineData("{0}, v9", 403, null)]
    [InlineData("{0}", 401, null)]
    [InlineData("{0}, {0}, v4.channel.k8s.io", 401, null)]
    [InlineData("{0}x, v4.channel.k8s.io", 401, null)]
    [InlineData("base64url.bearer.authorization.k8s.io., v4.channel.k8s.io", 401, null)]
    [InlineData("base64url.bearer.authorization.k8s.io.!!!, v4.channel.k8s.io", 401, null)]
    [InlineData("base64url.bearer.authorization.k8s.io._w, v4.channel.k8s.io", 401, null)]
    public async Task A_token_among_the_subprotocols_counts_and_is_never_answered_with(string offer, int status, string? protocol)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var token = Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(kubelet.Token));

        var (answer, _) = await kubelet.UpgradeAsync(
            Path, UpgradeHeaders.WebSocket(string.Format(null, CompositeFormat.Parse(offer), token)), authorised: false);

        Assert.Equal(status, answer.Status);
        Assert.Equal(protocol is null ? [] : [protocol], answer.Headers("Sec-WebSocket-Protocol"));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Only_a_WebSocket_may_bring_its_token_that_way()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var token = Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(kubelet.Token));

        var response = await kubelet.SendRawAsync("GET /pods", $"Sec-WebSocket-Protocol: {token}, v4.channel.k8s.io\r\n", authorised: false);

        Assert.Equal(401, response.Status);
    }
}
