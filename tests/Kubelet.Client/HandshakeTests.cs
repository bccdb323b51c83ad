using System.Net;
using VirtualKubelet.Kubelet.Client.Tests.Support;

namespace VirtualKubelet.Kubelet.Client.Tests;

/// <summary>What is asked for an upgrade, and what is made of answers that are none.</summary>
public sealed class HandshakeTests
{
    private const int TestMilliseconds = 60_000;

    private static readonly ExecRequest Request = new("ns", "p", "c", ["sh", "-c", "a b & c"]);

    [Fact(Timeout = TestMilliseconds)]
    [Trait("Item", "X22")]
    public async Task The_request_is_the_one_that_kube_rs_sends()
    {
        await using var kubelet = new ScriptedKubelet();
        kubelet.Answer = async (stream, cancellationToken) =>
        {
            await RawFrames.AcceptAsync(kubelet, stream);
            await stream.WriteAsync(RawFrames.Message(3, """{"status":"Success"}"""), cancellationToken);
        };
        using var client = new KubeletClient(Trusting(kubelet) with { BearerToken = "secret" });
        await using var session = await client.ExecAsync(Request, CancellationToken.None);

        Assert.StartsWith("GET /exec/ns/p/c?command=sh&command=-c&command=a%20b%20%26%20c&error=1&output=1 HTTP/1.1\r\n", kubelet.Request);
        Assert.Contains("\r\nConnection: Upgrade\r\n", kubelet.Request);
        Assert.Contains("\r\nUpgrade: websocket\r\n", kubelet.Request);
        Assert.Contains("\r\nSec-WebSocket-Version: 13\r\n", kubelet.Request);
        Assert.Contains("\r\nSec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io\r\n", kubelet.Request);
        Assert.Contains("\r\nAuthorization: Bearer secret\r\n", kubelet.Request);
        Assert.DoesNotContain("Origin", kubelet.Request);
        Assert.DoesNotContain("Extensions", kubelet.Request);
        Assert.Equal(0, (await session.Completion).ExitCode);
    }

    [Theory(Timeout = TestMilliseconds)]
    [InlineData(400, "you must specify at least 1 of stdin, stdout, stderr")]
    [InlineData(401, "Unauthorized")]
    [InlineData(404, "pod does not exist")]
    [InlineData(500, "container not found (\"c\")")]
    [InlineData(403, "")]
    [InlineData(200, "what do you mean, upgrade")]
    public async Task A_refusal_carries_status_and_text(int status, string body)
    {
        await using var kubelet = await TestKubelet.StartAsync(context => TestKubelet.RefuseAsync(context, status, body));
        using var client = new KubeletClient(kubelet.Options);

        var error = await Assert.ThrowsAsync<KubeletRequestException>(() => client.ExecAsync(Request, CancellationToken.None));

        Assert.Equal(((HttpStatusCode)status, body), (error.Status, error.Body));
    }

    [Theory(Timeout = TestMilliseconds)]
    [InlineData("v5.channel.k8s.io", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "", "Sec-WebSocket-Accept")]
    [InlineData("channel.k8s.io", null, "", "channel.k8s.io")]
    [InlineData(null, null, "", "protocol")]
    [InlineData("v5.channel.k8s.io", null, "Sec-WebSocket-Extensions: permessage-deflate\r\n", "permessage-deflate")]
    public async Task An_upgrade_that_was_not_asked_for_is_refused(string? protocol, string? accept, string more, string word)
    {
        await using var kubelet = new ScriptedKubelet();
        kubelet.Answer = (stream, _) => RawFrames.AcceptAsync(kubelet, stream, protocol, accept, more);
        using var client = new KubeletClient(Trusting(kubelet));

        var error = await Assert.ThrowsAsync<KubeletProtocolException>(() => client.ExecAsync(Request, CancellationToken.None));

        Assert.Contains(word, error.Message);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task An_upgrade_to_something_else_is_refused()
    {
        await using var kubelet = new ScriptedKubelet { Answer = ScriptedKubelet.Text("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n") };
        using var client = new KubeletClient(Trusting(kubelet));

        await Assert.ThrowsAsync<KubeletProtocolException>(() => client.ExecAsync(Request, CancellationToken.None));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_kubelet_that_does_not_answer_is_given_up()
    {
        await using var kubelet = new ScriptedKubelet { Answer = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken) };
        using var client = new KubeletClient(Trusting(kubelet) with { ResponseTimeout = TimeSpan.FromMilliseconds(300) });

        await Assert.ThrowsAsync<TimeoutException>(() => client.ExecAsync(Request, CancellationToken.None));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_caller_that_gives_up_gets_its_own_cancellation()
    {
        await using var kubelet = new ScriptedKubelet { Answer = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken) };
        using var client = new KubeletClient(Trusting(kubelet));
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ExecAsync(Request, cancel.Token));
    }

    private static KubeletClientOptions Trusting(ScriptedKubelet kubelet) => new() { Server = kubelet.Uri, PinnedCertificateFile = kubelet.CertificateFile };
}
