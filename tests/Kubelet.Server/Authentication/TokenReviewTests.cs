using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Reviews;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Kubelet.Server.Tests.Authentication;

public sealed class TokenReviewTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ReviewingServer _api = null!;

    public async Task InitializeAsync()
    {
        _api = await ReviewingServer.StartAsync();
        _api.Fake.Tokens["good"] = "system:serviceaccount:monitoring:metrics";
    }

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Whose_token_it_is_decides_what_is_allowed()
    {
        _api.Fake.UserDetails["system:serviceaccount:monitoring:metrics"] =
            JsonSerializer.Deserialize<JsonElement>("""{"uid": "u1", "groups": ["g"], "extra": {"b": ["2", "3"], "a": []}}""");
        await using var kubelet = await StartAsync();

        Assert.Equal(200, await StatusAsync(kubelet, "good"));

        var review = Assert.Single(_api.Fake.Requests, r => r.Is("create", ResourceTypes.TokenReviews)).Json;
        Assert.Equal("""{"token":"good"}""", review.GetProperty("spec").GetRawText());
        Assert.Equal(
            """{"user":"system:serviceaccount:monitoring:metrics","uid":"u1","groups":["g","system:authenticated"],"extra":{"a":[],"b":["2","3"]}"""
            + ""","resourceAttributes":{"namespace":"","verb":"get","group":"","version":"v1","resource":"nodes","subresource":"pods","name":"node-1"}}""",
            Assert.Single(_api.AccessSpecs).GetRawText());
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A6")]
    [InlineData("good", 200)]
    [InlineData("bad", 401)]
    public async Task A_token_is_reviewed_once_in_two_minutes_whatever_the_answer(string token, int status)
    {
        await using var kubelet = await StartAsync();

        Assert.Equal(status, await StatusAsync(kubelet, token));
        _time.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(status, await StatusAsync(kubelet, token));
        Assert.Equal(1, _api.TokenReviews);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(status, await StatusAsync(kubelet, token));
        Assert.Equal(2, _api.TokenReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A6")]
    public async Task Requests_that_come_together_with_one_token_share_one_review()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _api.Fake.Faults.Hold(ReviewingServer.Of(ResourceTypes.TokenReviews), gate.Task, times: 99);
        await using var kubelet = await StartAsync();

        var requests = Enumerable.Range(0, 20).Select(_ => StatusAsync(kubelet, "good")).ToList();
        await Waiting.UntilAsync(() => _api.TokenReviews > 0);
        gate.SetResult();

        Assert.All(await Task.WhenAll(requests), status => Assert.Equal(200, status));
        Assert.Equal((1, 1), (_api.TokenReviews, _api.AccessReviews));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_client_that_leaves_does_not_take_the_review_of_others_with_it()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _api.Fake.Faults.Hold(ReviewingServer.Of(ResourceTypes.TokenReviews), gate.Task);
        await using var kubelet = await StartAsync();
        var (socket, stream) = await kubelet.ConnectSocketAsync();
        await stream.WriteAsync("GET /pods HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n"u8.ToArray());
        await Waiting.UntilAsync(() => _api.TokenReviews > 0);

        var other = StatusAsync(kubelet, "good");
        socket.Close(0);
        gate.SetResult();

        Assert.Equal(200, await other);
        Assert.Equal(1, _api.TokenReviews);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData(500, 4)]
    [InlineData(429, 1)]
    [InlineData(503, 2)]
    public async Task A_review_is_tried_five_times_while_the_api_server_stumbles(int code, int times)
    {
        _api.Fake.Faults.Refuse(ReviewingServer.Of(ResourceTypes.TokenReviews), new StatusException(code, "", "not now"), times);
        await using var kubelet = await StartAsync();

        Assert.Equal(200, await StatusAsync(kubelet, "good"));
        Assert.Equal(times + 1, _api.TokenReviews);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("500", 5)]
    [InlineData("forbidden", 1)]
    [InlineData("garbage", 5)]
    [InlineData("no connection", 5)]
    public async Task A_review_that_cannot_be_made_is_401_with_the_reason_in_the_log_and_is_not_remembered(string day, int tries)
    {
        var reviews = ReviewingServer.Of(ResourceTypes.TokenReviews);
        switch (day)
        {
            case "500":
                _api.Fake.Faults.Refuse(reviews, new StatusException(500, "InternalError", "etcd is away"), tries);
                break;
            case "forbidden":
                _api.Fake.Faults.Refuse(reviews, new StatusException(403, "Forbidden", "who are you"), tries);
                break;
            case "garbage":
                _api.Fake.Faults.Answer(reviews, 200, "<html>all is well</html>", tries);
                break;
            default:
                _api.Fake.Faults.Drop(reviews, tries);
                break;
        }

        const string Token = "s3cr3t";
        _api.Fake.Tokens[Token] = "somebody";
        await using var kubelet = await StartAsync();

        Assert.Equal(401, await StatusAsync(kubelet, Token));
        Assert.Equal((tries, 0), (_api.TokenReviews, _api.AccessReviews));
        Assert.Contains(kubelet.Log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("could not be checked", StringComparison.Ordinal) && e.Text.Contains("tokenreviews", StringComparison.Ordinal));
        Assert.DoesNotContain(kubelet.Log.Entries, e => e.Text.Contains(Token, StringComparison.Ordinal));
        Assert.Equal(200, await StatusAsync(kubelet, Token));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("""{"authenticated": true}""")]
    [InlineData("""{"authenticated": true, "user": {}}""")]
    [InlineData("""{"authenticated": true, "user": {"username": ""}}""")]
    [InlineData("""{"user": {"username": "system:admin"}}""")]
    [InlineData("""{"authenticated": false, "user": {"username": "system:admin"}}""")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task An_answer_that_names_nobody_lets_nobody_pass(string status)
    {
        _api.Fake.Faults.Answer(ReviewingServer.Of(ResourceTypes.TokenReviews), 201, $$"""{"kind": "TokenReview", "status": {{status}}}""", 99);
        await using var kubelet = await StartAsync();

        Assert.Equal(401, await StatusAsync(kubelet, "good"));
        Assert.Equal(0, _api.AccessReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_slow_api_server_is_waited_for_no_longer_than_the_bound()
    {
        var never = new TaskCompletionSource();
        _api.Fake.Faults.Hold(ReviewingServer.Of(ResourceTypes.TokenReviews), never.Task);
        await using var kubelet = await StartAsync();

        var status = StatusAsync(kubelet, "good");
        await Waiting.UntilAsync(() => _api.TokenReviews > 0);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(401, await status);
        Assert.Contains(kubelet.Log.Entries, e => e.Text.Contains("no token review within 10 s", StringComparison.Ordinal));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Reviews_under_way_are_bounded()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _api.Fake.Faults.Hold(ReviewingServer.Of(ResourceTypes.TokenReviews), gate.Task, 99);
        await using var kubelet = await StartAsync(_api.Reviews with { MaxConcurrent = 2 });

        var first = StatusAsync(kubelet, "stranger-1");
        var second = StatusAsync(kubelet, "good");
        await Waiting.UntilAsync(() => _api.TokenReviews == 2);

        Assert.Equal(401, await StatusAsync(kubelet, "stranger-2"));
        gate.SetResult();
        Assert.Equal((401, 200), (await first, await second));
        Assert.Equal(2, _api.TokenReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Answers_that_are_remembered_are_bounded()
    {
        await using var kubelet = await StartAsync(_api.Reviews with { MaxCached = 3 });

        for (var i = 0; i < 5; i++)
        {
            await StatusAsync(kubelet, "stranger-" + i.ToString(CultureInfo.InvariantCulture));
        }

        Assert.Equal(401, await StatusAsync(kubelet, "stranger-4"));
        Assert.Equal(5, _api.TokenReviews);
        Assert.Equal(401, await StatusAsync(kubelet, "stranger-0"));
        Assert.Equal(6, _api.TokenReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_token_with_a_space_is_never_the_whole_of_it()
    {
        _api.Fake.Tokens["a b"] = "system:admin";
        await using var kubelet = await StartAsync();

        Assert.Equal(401, await StatusAsync(kubelet, "a b"));
        Assert.Equal(401, await StatusAsync(kubelet, "a\tb"));
        Assert.Equal(401, await StatusAsync(kubelet, " good"));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Who_sends_several_authorization_headers_is_nobody()
    {
        await using var kubelet = await StartAsync();
        const string Good = "Authorization: Bearer good\r\n";

        foreach (var headers in (string[])[Good + Good, Good + "Authorization: Bearer bad\r\n", "Authorization: Bearer bad\r\n" + Good, "Authorization:\r\n" + Good])
        {
            Assert.Equal(401, (await kubelet.SendRawAsync("GET /pods", headers, authorised: false)).Status);
        }
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_token_longer_than_any_is_not_passed_on()
    {
        await using var kubelet = await StartAsync();

        Assert.Equal(401, await StatusAsync(kubelet, new string('x', (64 << 10) + 1)));
        Assert.Equal(0, _api.TokenReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task The_token_of_the_file_is_known_without_asking_and_all_else_is_reviewed()
    {
        await using var kubelet = await TestKubelet.StartAsync(time: _time, access: o => o with { Reviews = _api.Reviews });

        Assert.Equal(200, await StatusAsync(kubelet, kubelet.Token));
        Assert.Equal((0, 1), (_api.TokenReviews, _api.AccessReviews));
        Assert.Equal("vk-slurm:token-file", _api.AccessSpecs[0].GetProperty("user").GetString());
        Assert.Equal(200, await StatusAsync(kubelet, "good"));
        Assert.Equal(1, _api.TokenReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Credentials_are_counted_by_method_and_result_and_reviews_by_kind_and_result()
    {
        await using var kubelet = await StartAsync();
        await StatusAsync(kubelet, "bad");

        var text = (await kubelet.SendRawAsync("GET /metrics", "Authorization: Bearer good\r\n", authorised: false)).Body;

        Assert.Matches("""(?m)^vk_slurm_kubelet_authentications_total\{method="token_review",result="refused"\} [1-9]""", text);
        Assert.Matches("""(?m)^vk_slurm_kubelet_authentications_total\{method="token_review",result="success"\} [1-9]""", text);
        Assert.Matches("""(?m)^vk_slurm_kubelet_reviews_total\{kind="token",result="negative"\} [1-9]""", text);
        Assert.Matches("""(?m)^vk_slurm_kubelet_reviews_total\{kind="access",result="positive"\} [1-9]""", text);
    }

    private Task<TestKubelet> StartAsync(ReviewOptions? reviews = null) => TestKubelet.StartAsync(
        time: _time, access: _ => new KubeletAccessOptions { Reviews = reviews ?? _api.Reviews });

    private static async Task<int> StatusAsync(TestKubelet kubelet, string token) =>
        (await kubelet.SendRawAsync("GET /pods", $"Authorization: Bearer {token}\r\n", authorised: false)).Status;
}
