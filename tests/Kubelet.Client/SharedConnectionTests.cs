using Microsoft.AspNetCore.Server.Kestrel.Core;
using VirtualKubelet.Kubelet.Client.Tests.Support;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Client.Tests;

/// <summary>Commands as streams of one HTTP/2 connection, where the kubelet takes that.</summary>
public sealed class SharedConnectionTests
{
    private const int TestMilliseconds = 60_000;

    private static readonly ExecRequest Cat = new("ns", "p", "c", ["cat"]) { Stdin = true };

    [Fact(Timeout = TestMilliseconds)]
    public async Task Commands_share_a_connection_and_each_has_its_own_streams_and_exit_code()
    {
        await using var kubelet = await ExecKubelet.StartAsync(ExecKubelet.CatAsync);
        using var client = Sharing(kubelet);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => TalkAsync(client, $"hello {i}")));

        Assert.Equal("HTTP/2", Assert.Single(kubelet.Connections).Value);
        Assert.Equal(20, kubelet.Requests.Count);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task More_commands_than_a_connection_takes_make_another_one()
    {
        var (count, here) = (0, new TaskCompletionSource());
        await using var kubelet = await ExecKubelet.StartAsync(async session =>
        {
            // Kestrel takes a hundred; none of them ends before all have begun.
            if (Interlocked.Increment(ref count) == 150)
            {
                here.SetResult();
            }

            await here.Task;
            return await ExecKubelet.CatAsync(session);
        });
        using var client = Sharing(kubelet);

        await Task.WhenAll(Enumerable.Range(0, 150).Select(i => TalkAsync(client, $"hello {i}")));

        Assert.Equal(2, kubelet.Connections.Count);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Unless_asked_to_share_each_command_has_a_connection_of_its_own()
    {
        await using var kubelet = await ExecKubelet.StartAsync(ExecKubelet.CatAsync);
        using var client = new KubeletClient(kubelet.Options);

        await TalkAsync(client, "one");
        await TalkAsync(client, "two");

        Assert.Equal(["HTTP/1.1", "HTTP/1.1"], kubelet.Connections.Values);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Where_there_is_no_HTTP2_each_command_has_a_connection_of_its_own()
    {
        await using var kubelet = await ExecKubelet.StartAsync(ExecKubelet.CatAsync, http: HttpProtocols.Http1);
        using var client = Sharing(kubelet);

        await TalkAsync(client, "one");
        await TalkAsync(client, "two");

        Assert.Equal(2, kubelet.Connections.Count);
    }

    /// <summary>A kubelet in Go does not say that it takes WebSockets over HTTP/2.</summary>
    [Fact(Timeout = TestMilliseconds)]
    public async Task Where_HTTP2_knows_of_no_WebSockets_a_connection_is_upgraded_instead()
    {
        await using var kubelet = new ScriptedKubelet { TakesHttp2 = true, Answer = ScriptedKubelet.Text("HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope") };
        using var client = new KubeletClient(new KubeletClientOptions { Server = kubelet.Uri, PinnedCertificateFile = kubelet.CertificateFile, SharesConnection = true });

        for (var i = 0; i < 2; i++)
        {
            var refused = await Assert.ThrowsAsync<KubeletRequestException>(() => client.ExecAsync(Cat, CancellationToken.None));
            Assert.Equal((System.Net.HttpStatusCode.Forbidden, "nope"), (refused.Status, refused.Body));
        }

        Assert.StartsWith("GET /exec/ns/p/c?", kubelet.Request, StringComparison.Ordinal);
        Assert.Contains("Upgrade: websocket", kubelet.Request, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Kestrel lets HTTP/2 take WebSockets whether or not the application knows of them.</summary>
    [Theory(Timeout = TestMilliseconds)]
    [InlineData(403)]
    [InlineData(405)]
    public async Task Where_a_CONNECT_is_not_allowed_a_connection_is_upgraded_instead(int status)
    {
        await using var kubelet = await TestKubelet.StartAsync(context =>
            TestKubelet.RefuseAsync(context, context.Request.Method == "CONNECT" ? status : 404, context.Request.Method));
        using var client = Sharing(kubelet);

        var refused = await Assert.ThrowsAsync<KubeletRequestException>(() => client.ExecAsync(Cat, CancellationToken.None));

        Assert.Equal((System.Net.HttpStatusCode.NotFound, "GET"), (refused.Status, refused.Body));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_refusal_has_the_kubelets_words()
    {
        await using var kubelet = await TestKubelet.StartAsync(context => TestKubelet.RefuseAsync(context, 404, "pod does not exist"));
        using var client = Sharing(kubelet);

        var refused = await Assert.ThrowsAsync<KubeletRequestException>(() => client.ExecAsync(Cat, CancellationToken.None));

        Assert.Equal((System.Net.HttpStatusCode.NotFound, "pod does not exist"), (refused.Status, refused.Body));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Of_a_protocol_that_nobody_offered_nothing_is_made()
    {
        await using var kubelet = await ExecKubelet.StartAsync(ExecKubelet.CatAsync, ["v9.channel.k8s.io"]);
        using var client = Sharing(kubelet);

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<KubeletRequestException>(() => client.ExecAsync(Cat, CancellationToken.None))).Status);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_session_that_breaks_off_is_an_error_and_the_others_go_on()
    {
        await using var kubelet = await ExecKubelet.StartAsync(async session =>
            await session.Stdin!.TextAsync(5) == "break" ? null : await ExecKubelet.CatAsync(session));
        using var client = Sharing(kubelet);
        await using var breaking = await client.ExecAsync(Cat, CancellationToken.None);
        await using var other = await client.ExecAsync(Cat, CancellationToken.None);
        await other.Stdin!.WriteTextAsync("other");

        await breaking.Stdin!.WriteTextAsync("break");
        var result = await breaking.Completion;

        Assert.Equal((RemoteCommandOutcome.ConnectionLost, null), (result.Outcome, result.ExitCode));
        await other.Stdin!.WriteTextAsync(" goes on");
        Assert.Equal(" goes on", await other.Stdout!.TextAsync(8));
        await other.Stdin!.CompleteAsync();
        Assert.Equal(3, (await other.Completion).ExitCode);
        Assert.Single(kubelet.Connections);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Who_leaves_a_session_leaves_the_others_alone()
    {
        var left = new TaskCompletionSource();
        await using var kubelet = await ExecKubelet.StartAsync(async session =>
        {
            if (await session.Stdin!.TextAsync(5) != "leave")
            {
                return await ExecKubelet.CatAsync(session);
            }

            session.ClientGone.Register(left.SetResult);
            await left.Task;
            return null;
        });
        using var client = Sharing(kubelet);
        var leaving = await client.ExecAsync(Cat, CancellationToken.None);
        await using var other = await client.ExecAsync(Cat, CancellationToken.None);
        await leaving.Stdin!.WriteTextAsync("leave");
        await other.Stdin!.WriteTextAsync("other");

        await leaving.DisposeAsync();

        await left.Task;
        await other.Stdin!.CompleteAsync();
        Assert.Equal(3, (await other.Completion).ExitCode);
    }

    private static KubeletClient Sharing(TestKubelet kubelet) => new(kubelet.Options with { SharesConnection = true });

    private static async Task TalkAsync(KubeletClient client, string text)
    {
        await using var session = await client.ExecAsync(Cat, CancellationToken.None);
        await session.Stdin!.WriteTextAsync(text);
        Assert.Equal(text, await session.Stdout!.TextAsync(text.Length));
        await session.Stdin!.CompleteAsync();
        Assert.Equal(3, (await session.Completion).ExitCode);
    }
}
