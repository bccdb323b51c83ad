using System.Net;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Exec;

public sealed class ExecRefusalTests
{
    private const string Path = "/exec/ns/p/c?command=true&output=1";

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X1")]
    [Trait("Item", "X5")]
    [Trait("Item", "X6")]
    [Trait("Item", "X24")]
    [InlineData("/exec/ns/nope/nope?command=true", 400, "you must specify at least 1 of stdin, stdout, stderr")]
    [InlineData("/exec/ns/p/c?command=true&input=true", 400, "you must specify at least 1 of stdin, stdout, stderr")]
    [InlineData("/exec/ns/p/c?command=true&stdout=1&tty=1&output=0&output=1", 400, "you must specify at least 1 of stdin, stdout, stderr")]
    [InlineData("/exec/ns/nope/c?command=true&output=1", 404, "pod does not exist")]
    [InlineData("/exec/other/p/c?command=true&error=1", 404, "pod does not exist")]
    [InlineData("/exec/ns/p/uid-2/nope?command=true&output=1", 404, "pod does not exist")]
    [InlineData("/exec/ns/p/a%22b?command=true&input=1", 500, "container not found (\"a\\\"b\")")]
    [InlineData("/exec/ns/p/uid-1/nope?command=true&output=1", 500, "container not found (\"nope\")")]
    [InlineData("/exec/ns/p/c?output=1", 400, "you must specify at least one command for the container")]
    [InlineData("/exec/ns/p/c?command=true&output=1", 500, "Upgrade request required\n")]
    public async Task Errors_come_in_the_kubelets_order_with_its_words_whether_or_not_an_upgrade_is_asked_for(string path, int status, string body)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        foreach (var method in (string[])["GET", "POST"])
        {
            var plain = await kubelet.SendRawAsync($"{method} {path}", "Content-Length: 0\r\n");
            Assert.Equal((status, body), (plain.Status, plain.Body));
        }

        if (status != 500 || !body.StartsWith("Upgrade", StringComparison.Ordinal))
        {
            var (answer, _) = await kubelet.UpgradeAsync("POST " + path, UpgradeHeaders.Spdy("v4.channel.k8s.io"));
            Assert.Equal((status, body), (answer.Status, answer.Body));
        }

        Assert.Empty(kubelet.Provider.Execs);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_container_that_does_not_run_is_not_found()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        foreach (var state in new[] { Samples.Waiting("CrashLoopBackOff"), Samples.Terminated(), null })
        {
            kubelet.Shelf.Pods[0] = Samples.Pod(Samples.Status("c", state));

            var (answer, _) = await kubelet.UpgradeAsync("POST " + Path, UpgradeHeaders.Spdy("v4.channel.k8s.io"));

            Assert.Equal((500, "container not found (\"c\")"), (answer.Status, answer.Body));
        }
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("DELETE /exec/ns/p/c", 405, "405: Method Not Allowed")]
    [InlineData("PUT /exec/ns/p/uid/c", 405, "405: Method Not Allowed")]
    [InlineData("PATCH /attach/ns/p/c", 405, "405: Method Not Allowed")]
    [InlineData("DELETE /portForward/ns/p", 405, "405: Method Not Allowed")]
    [InlineData("POST /exec/ns/p", 404, "404: Page Not Found")]
    [InlineData("DELETE /exec/ns/p/uid/c/more", 404, "404: Page Not Found")]
    [InlineData("GET /attach/ns/p", 404, "404: Page Not Found")]
    [InlineData("GET /portForward/ns", 404, "404: Page Not Found")]
    [InlineData("GET /portForward/ns/p/uid/more", 404, "404: Page Not Found")]
    [InlineData("GET /Exec/ns/p/c", 404, "404 page not found\n")]
    [InlineData("GET /portforward/ns/p", 404, "404 page not found\n")]
    public async Task Wrong_methods_and_segments_are_refused_before_anything_is_looked_at(string request, int status, string body)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync(request, "Content-Length: 0\r\n");

        Assert.Equal((status, body), (response.Status, response.Body));
        Assert.Equal(status == 405 ? ["GET, POST"] : [], response.Headers("Allow"));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "X2")]
    [Trait("Item", "P1")]
    public async Task Without_a_protocol_it_is_400_and_with_none_that_is_known_403_with_a_list()
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var (none, _) = await kubelet.UpgradeAsync("POST " + Path, UpgradeHeaders.Spdy());
        Assert.Equal(400, none.Status);
        Assert.Equal("unable to upgrade: header X-Stream-Protocol-Version does not exist in request with 4 headers\n", none.Body);

        foreach (var offer in (string[])["v5.channel.k8s.io", "portforward.k8s.io"])
        {
            var (unknown, _) = await kubelet.UpgradeAsync("POST " + Path, UpgradeHeaders.Spdy(offer));
            Assert.Equal(403, unknown.Status);
            Assert.StartsWith($"unable to upgrade: unable to negotiate protocol: client supports [{offer}]", unknown.Body, StringComparison.Ordinal);
            Assert.Equal(
                ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"],
                unknown.Headers("X-Accepted-Stream-Protocol-Versions"));
        }
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "W1")]
    [Trait("Item", "W3")]
    [InlineData("POST", "Content-Length: 0\r\n", "v4.channel.k8s.io", 405)]
    [InlineData("GET", "", "v2.channel.k8s.io, v9", 403)]
    public async Task A_WebSocket_needs_a_GET_and_a_known_protocol(string method, string more, string protocols, int status)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var (answer, _) = await kubelet.UpgradeAsync($"{method} {Path}", UpgradeHeaders.WebSocket(protocols) + more);

        Assert.Equal((status, ""), (answer.Status, answer.Body));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Another_version_of_WebSocket_is_told_ours()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var headers = UpgradeHeaders.WebSocket("v4.channel.k8s.io").Replace("Version: 13", "Version: 8", StringComparison.Ordinal);

        var (answer, _) = await kubelet.UpgradeAsync("GET " + Path, headers);

        Assert.Equal(400, answer.Status);
        Assert.Equal(["13"], answer.Headers("Sec-WebSocket-Version"));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Over_HTTP2_nothing_can_be_upgraded()
    {
        await using var kubelet = await TestKubelet.StartAsync();

        using var response = await kubelet.Client(version: HttpVersion.Version20).PostAsync(Path, null);

        Assert.Equal((HttpStatusCode.InternalServerError, "Upgrade request required\n"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Beyond_the_bound_on_sessions_a_client_is_told_to_come_back_and_the_slot_of_one_that_left_is_free_again()
    {
        await using var kubelet = await TestKubelet.StartAsync(o => o with { MaxStreamingSessions = 1 });
        kubelet.Provider.Exec = Commands.SleepAsync;
        var first = await SpdySession.OpenAsync(kubelet, Path, "error", "stdout");
        await first.ReadAsync("stdout", "ready");

        foreach (var path in (string[])[Path, "/attach/ns/p/c?output=1", "/portForward/ns/p"])
        {
            var protocol = path.StartsWith("/port", StringComparison.Ordinal) ? "portforward.k8s.io" : "v4.channel.k8s.io";
            var (full, _) = await kubelet.UpgradeAsync("POST " + path, UpgradeHeaders.Spdy(protocol));
            Assert.Equal(429, full.Status);
            Assert.Equal(["60"], full.Headers("Retry-After"));
        }

        first.Client.Disconnect();
        kubelet.Provider.Exec = Commands.Print("", "", 0);
        using var deadline = new CancellationTokenSource(Deadline.Long);
        while (true)
        {
            var (answer, stream) = await kubelet.UpgradeAsync("POST " + Path, UpgradeHeaders.Spdy("v4.channel.k8s.io"));
            if (answer.Status == 101)
            {
                var second = new SpdyClient(stream);
                await second.OpenAsync("error");
                return;
            }

            await Task.Delay(10, deadline.Token);
        }
    }
}
