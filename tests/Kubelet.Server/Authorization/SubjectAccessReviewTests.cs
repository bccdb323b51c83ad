using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Reviews;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Authorization;

public sealed class SubjectAccessReviewTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ReviewingServer _api = null!;

    public async Task InitializeAsync() => _api = await ReviewingServer.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A4")]
    public async Task What_is_denied_is_403_and_says_who_wanted_what()
    {
        _api.Fake.AllowAccess = _ => false;
        await using var kubelet = await StartAsync();

        Assert.Equal(
            (403, "Forbidden (user=vk-slurm:token-file, verb=get, resource=nodes, subresource(s)=[pods proxy])\n"), await AnswerAsync(kubelet, "GET /pods"));
        Assert.Equal(
            (403, "Forbidden (user=vk-slurm:token-file, verb=create, resource=nodes, subresource(s)=[proxy])\n"),
            await AnswerAsync(kubelet, "POST /exec/ns/p/c?command=true&output=1"));
        Assert.Equal(["pods", "proxy", "proxy"], Subresources());
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A5")]
    [InlineData("500", 5)]
    [InlineData("429", 5)]
    [InlineData("forbidden", 1)]
    [InlineData("garbage", 5)]
    [InlineData("no status", 5)]
    [InlineData("no connection", 5)]
    public async Task A_review_that_cannot_be_made_is_500_and_is_not_remembered(string day, int tries)
    {
        MakeBad(day, tries);
        await using var kubelet = await StartAsync();

        Assert.Equal(
            (500, "Authorization error (user=vk-slurm:token-file, verb=get, resource=nodes, subresource=pods)"), await AnswerAsync(kubelet, "GET /pods"));
        Assert.Equal(tries, _api.AccessReviews);
        Assert.Contains(kubelet.Log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("nodes/pods could not be found out", StringComparison.Ordinal));
        Assert.Equal(200, (await AnswerAsync(kubelet, "GET /pods")).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A5")]
    public async Task An_outage_is_not_noticed_while_the_answer_is_remembered()
    {
        await using var kubelet = await StartAsync();
        Assert.Equal(200, (await AnswerAsync(kubelet, "GET /pods")).Status);

        _api.Fake.Faults.Refuse(_ => true, new StatusException(403, "Forbidden", "no more"), 99);

        Assert.Equal(200, (await AnswerAsync(kubelet, "GET /pods")).Status);
        Assert.Equal(500, (await AnswerAsync(kubelet, "GET /metrics")).Status);
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(500, (await AnswerAsync(kubelet, "GET /pods")).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A5")]
    public async Task A_slow_api_server_is_waited_for_no_longer_than_the_bound()
    {
        var never = new TaskCompletionSource();
        _api.Fake.Faults.Hold(ReviewingServer.Of(ResourceTypes.SubjectAccessReviews), never.Task);
        await using var kubelet = await StartAsync();

        var answer = AnswerAsync(kubelet, "GET /metrics");
        await Waiting.UntilAsync(() => _api.AccessReviews > 0);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(500, (await answer).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A6")]
    public async Task A_yes_is_remembered_for_five_minutes()
    {
        await using var kubelet = await StartAsync();

        Assert.Equal(200, (await AnswerAsync(kubelet, "GET /metrics")).Status);
        _time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(200, (await AnswerAsync(kubelet, "GET /metrics")).Status);
        Assert.Equal(1, _api.AccessReviews);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await AnswerAsync(kubelet, "GET /metrics")).Status);
        Assert.Equal(2, _api.AccessReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A6")]
    public async Task A_no_is_remembered_for_thirty_seconds()
    {
        _api.Fake.AllowAccess = _ => false;
        await using var kubelet = await StartAsync();

        Assert.Equal(403, (await AnswerAsync(kubelet, "GET /metrics")).Status);
        _api.Fake.AllowAccess = _ => true;
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(403, (await AnswerAsync(kubelet, "GET /metrics")).Status);
        Assert.Equal(1, _api.AccessReviews);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await AnswerAsync(kubelet, "GET /metrics")).Status);
        Assert.Equal(2, _api.AccessReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A6")]
    public async Task Requests_that_come_together_share_one_review()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _api.Fake.Faults.Hold(ReviewingServer.Of(ResourceTypes.SubjectAccessReviews), gate.Task, 99);
        await using var kubelet = await StartAsync();

        var answers = Enumerable.Range(0, 20).Select(_ => AnswerAsync(kubelet, "GET /metrics")).ToList();
        await Waiting.UntilAsync(() => _api.AccessReviews > 0);
        gate.SetResult();

        Assert.All(await Task.WhenAll(answers), a => Assert.Equal(200, a.Status));
        Assert.Equal(1, _api.AccessReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A6")]
    public async Task Nobody_gets_what_another_may()
    {
        (_api.Fake.Tokens["one"], _api.Fake.Tokens["other"]) = ("user", "user");
        _api.Fake.AllowAccess = spec => spec.Text("uid") == "1";
        _api.Fake.UserDetails["user"] = JsonSerializer.Deserialize<JsonElement>("""{"uid": "1"}""");
        await using var kubelet = await StartAsync();
        Assert.Equal(200, (await AnswerAsync(kubelet, "GET /metrics", "one")).Status);

        _api.Fake.UserDetails["user"] = JsonSerializer.Deserialize<JsonElement>("""{"uid": "2"}""");

        Assert.Equal(403, (await AnswerAsync(kubelet, "GET /metrics", "other")).Status);
        Assert.Equal(403, (await AnswerAsync(kubelet, "GET /metrics")).Status);
        Assert.Equal(200, (await AnswerAsync(kubelet, "GET /metrics", "one")).Status);
        Assert.Equal(3, _api.AccessReviews);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A7")]
    [InlineData("GET", "get")]
    [InlineData("POST", "create")]
    [InlineData("PUT", "update")]
    [InlineData("PATCH", "patch")]
    [InlineData("DELETE", "delete")]
    [InlineData("OPTIONS", "")]
    public async Task The_method_decides_the_verb_and_exec_is_a_matter_of_proxy(string method, string verb)
    {
        _api.Fake.AllowAccess = _ => false;
        await using var kubelet = await StartAsync();

        Assert.Equal(403, (await AnswerAsync(kubelet, $"{method} /exec/ns/p/c?command=true&output=1")).Status);

        Assert.Equal(
            $$"""{"namespace":"","verb":"{{verb}}","group":"","version":"v1","resource":"nodes","subresource":"proxy","name":"node-1"}""",
            Assert.Single(_api.AccessSpecs).GetProperty("resourceAttributes").GetRawText());
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A7")]
    public async Task Exec_over_WebSocket_is_a_get_and_over_SPDY_a_create()
    {
        await using var kubelet = await StartAsync();
        kubelet.Provider.Exec = Commands.Print("", "", 0);

        var (overWebSocket, _) = await kubelet.UpgradeAsync("GET /exec/ns/p/c?command=true&output=1", UpgradeHeaders.WebSocket("v4.channel.k8s.io"));
        var (overSpdy, _) = await kubelet.UpgradeAsync("POST /exec/ns/p/c?command=true&output=1", UpgradeHeaders.Spdy("v4.channel.k8s.io"));

        Assert.Equal((101, 101), (overWebSocket.Status, overSpdy.Status));
        Assert.Equal(["get", "create"], _api.AccessSpecs.Select(s => s.Text("resourceAttributes.verb")));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A8")]
    [InlineData("/metrics", "metrics")]
    [InlineData("/logs/x", "log")]
    [InlineData("/run/ns/p/c", "proxy")]
    [InlineData("/debug/pprof/heap", "proxy")]
    public async Task Some_paths_have_a_subresource_of_their_own(string path, string subresource)
    {
        _api.Fake.AllowAccess = _ => false;
        await using var kubelet = await TestKubelet.StartAsync(
            o => o with { EnableDebuggingHandlers = false }, time: _time, access: o => o with { Reviews = _api.Reviews });

        Assert.Equal(403, (await AnswerAsync(kubelet, "GET " + path)).Status);
        Assert.Equal([subresource], Subresources());
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A9")]
    [InlineData("/pods", "pods", "pods")]
    [InlineData("/pods", "proxy", "pods proxy")]
    [InlineData("/runningpods/", "pods", "pods")]
    [InlineData("/healthz", "healthz", "healthz")]
    [InlineData("/healthz", "proxy", "healthz proxy")]
    [InlineData("/healthz/ping", "proxy", "healthz proxy")]
    public async Task The_fine_grained_subresource_is_asked_about_first_and_then_proxy(string path, string allowed, string asked)
    {
        _api.Fake.AllowAccess = spec => spec.Text("resourceAttributes.subresource") == allowed;
        await using var kubelet = await StartAsync();

        Assert.Equal(200, (await AnswerAsync(kubelet, "GET " + path)).Status);
        Assert.Equal(asked.Split(' '), Subresources());
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("""{"allowed": true, "denied": true}""")]
    [InlineData("""{"denied": true}""")]
    [InlineData("""{"evaluationError": "webhook timed out"}""")]
    [InlineData("{}")]
    public async Task Anything_but_a_plain_yes_is_a_no(string status)
    {
        _api.Fake.Faults.Answer(
            ReviewingServer.Of(ResourceTypes.SubjectAccessReviews), 201, $$"""{"kind": "SubjectAccessReview", "status": {{status}}}""", 99);
        await using var kubelet = await StartAsync();

        Assert.Equal(403, (await AnswerAsync(kubelet, "GET /metrics")).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Client_certificates_without_anybody_who_says_what_they_allow_are_an_error_at_start()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => TestKubelet.StartAsync(access: o => o with { ClientCaFile = "/nonexistent/ca.pem" }));

        Assert.Contains("client certificates need reviews", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Without_any_way_in_nobody_gets_in()
    {
        await using var kubelet = await TestKubelet.StartAsync(access: _ => new KubeletAccessOptions());

        Assert.Equal(401, (await AnswerAsync(kubelet, "GET /pods")).Status);
    }

    private Task<TestKubelet> StartAsync(ReviewOptions? reviews = null) =>
        TestKubelet.StartAsync(time: _time, access: o => o with { Reviews = reviews ?? _api.Reviews });

    private IEnumerable<string?> Subresources() => _api.AccessSpecs.Select(s => s.Text("resourceAttributes.subresource"));

    private void MakeBad(string day, int tries)
    {
        var reviews = ReviewingServer.Of(ResourceTypes.SubjectAccessReviews);
        switch (day)
        {
            case "500":
                _api.Fake.Faults.Refuse(reviews, new StatusException(500, "InternalError", "etcd is away"), tries);
                break;
            case "429":
                _api.Fake.Faults.Refuse(reviews, new StatusException(429, "TooManyRequests", "slow down"), tries);
                break;
            case "forbidden":
                _api.Fake.Faults.Refuse(reviews, new StatusException(403, "Forbidden", "who are you"), tries);
                break;
            case "garbage":
                _api.Fake.Faults.Answer(reviews, 200, "<html>all is well</html>", tries);
                break;
            case "no status":
                _api.Fake.Faults.Answer(reviews, 201, """{"kind": "SubjectAccessReview"}""", tries);
                break;
            default:
                _api.Fake.Faults.Drop(reviews, tries);
                break;
        }
    }

    private static async Task<(int Status, string Body)> AnswerAsync(TestKubelet kubelet, string request, string? token = null)
    {
        var headers = $"Authorization: Bearer {token ?? kubelet.Token}\r\nContent-Length: 0\r\n";
        var answer = await kubelet.SendRawAsync(request, headers, authorised: false);
        return (answer.Status, answer.Body);
    }
}
