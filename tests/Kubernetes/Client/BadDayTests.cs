using System.Diagnostics;
using System.Net;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Kubernetes.Tests.Support;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Kubernetes.Tests.Client;

public sealed class BadDayTests
{
    private const int Deadline = 60_000;
    private static readonly ObjectKey Web = new("default", "web");

    [Fact(Timeout = Deadline)]
    public async Task An_overloaded_server_is_asked_again_when_it_said()
    {
        await using var harness = await ClientHarness.StartAsync(ClientHarness.Options with { MaxRetryDelay = TimeSpan.FromSeconds(5) });
        harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));
        harness.Server.Faults.Refuse(_ => true, new StatusException(429, "TooManyRequests", "slow down") { RetryAfter = 1 });
        harness.Server.Faults.Refuse(_ => true, new StatusException(500, "InternalError", "etcd is away"));
        var watch = Stopwatch.StartNew();

        await harness.Client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);

        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(1));
        Assert.Equal(3, harness.Server.Requests.Count);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_server_that_stays_overloaded_is_left_alone()
    {
        await using var harness = await ClientHarness.StartAsync(new() { MaxRetries = 2, MaxRetryDelay = TimeSpan.FromMilliseconds(10) });
        harness.Server.Faults.Refuse(_ => true, new StatusException(503, "ServiceUnavailable", "no"), times: 99);

        var error = await Assert.ThrowsAsync<ApiException>(() => harness.Client.GetAsync(ApiResources.Pods, Web, CancellationToken.None));

        Assert.Equal(ApiErrorKind.Unavailable, error.Kind);
        Assert.True(error.IsTransient);
        Assert.Equal(3, harness.Server.Requests.Count);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_wait_longer_than_the_bound_is_passed_on_at_once()
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.Faults.Refuse(_ => true, new StatusException(429, "TooManyRequests", "no") { RetryAfter = 3600 });

        var error = await Assert.ThrowsAsync<ApiException>(() => harness.Client.GetAsync(ApiResources.Pods, Web, CancellationToken.None));

        Assert.Equal((ApiErrorKind.TooManyRequests, TimeSpan.FromHours(1)), (error.Kind, error.RetryAfter));
    }

    [Fact(Timeout = Deadline)]
    public async Task What_might_be_done_twice_is_not_sent_twice()
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.Faults.Refuse(_ => true, new StatusException(500, "InternalError", "no"), times: 99);
        var create = harness.Client.CreateAsync(ApiResources.ConfigMaps, new ConfigMap { Metadata = new() { Namespace = "default", Name = "c" } }, CancellationToken.None);
        await Assert.ThrowsAsync<ApiException>(() => create);
        await Assert.ThrowsAsync<ApiException>(() => harness.Client.PatchAsync(ApiResources.Pods, Web, Patch.Json([]), CancellationToken.None));
        await Assert.ThrowsAsync<ApiException>(() => harness.Client.DeleteAsync(ApiResources.Pods, Web, new DeleteOptions(), CancellationToken.None));
        Assert.Equal(3, harness.Server.Requests.Count);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_server_that_does_not_answer_is_not_waited_for_longer_than_the_deadline()
    {
        var time = new FakeTimeProvider();
        await using var harness = await ClientHarness.StartAsync(new(), time);
        var never = new TaskCompletionSource();
        harness.Server.Faults.Hold(_ => true, never.Task);

        var get = harness.Client.GetAsync(ApiResources.Pods, Web, CancellationToken.None);
        while (harness.Server.Requests.IsEmpty)
        {
            await Task.Delay(1);
        }

        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(get.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ApiErrorKind.TimedOut, (await Assert.ThrowsAsync<ApiException>(() => get)).Kind);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_caller_who_leaves_gets_its_own_cancellation()
    {
        await using var harness = await ClientHarness.StartAsync();
        using var stop = new CancellationTokenSource();
        harness.Server.Faults.Hold(_ => true, new TaskCompletionSource().Task);
        var get = harness.Client.GetAsync(ApiResources.Pods, Web, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
    }

    [Fact(Timeout = Deadline)]
    public async Task Broken_connections_and_half_answers_are_told_apart_from_refusals()
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));
        harness.Server.Faults.Drop(_ => true);
        harness.Server.Faults.CutAnswer(_ => true, afterBytes: 40);
        harness.Server.Faults.Answer(_ => true, 200, "<html>sign in</html>");
        harness.Server.Faults.Answer(_ => true, 403, "<html>not from here</html>");

        foreach (var expected in (ApiErrorKind[])[ApiErrorKind.Unreachable, ApiErrorKind.Unreachable, ApiErrorKind.Garbled, ApiErrorKind.Forbidden])
        {
            var error = await Assert.ThrowsAsync<ApiException>(() => harness.Client.GetAsync(ApiResources.Pods, Web, CancellationToken.None));
            Assert.Equal(expected, error.Kind);
        }
    }

    [Fact(Timeout = Deadline)]
    public async Task A_lost_answer_may_hide_a_deed_that_was_done()
    {
        await using var harness = await ClientHarness.StartAsync();
        harness.Server.Faults.LoseAnswer(r => r.Verb == "create");
        var created = new ConfigMap { Metadata = new() { Namespace = "default", Name = "c" } };

        Assert.Equal(ApiErrorKind.Unreachable, (await Assert.ThrowsAsync<ApiException>(() => harness.Client.CreateAsync(ApiResources.ConfigMaps, created, CancellationToken.None))).Kind);
        Assert.Equal(ApiErrorKind.AlreadyExists, (await Assert.ThrowsAsync<ApiException>(() => harness.Client.CreateAsync(ApiResources.ConfigMaps, created, CancellationToken.None))).Kind);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_answer_beyond_the_bound_is_refused()
    {
        await using var harness = await ClientHarness.StartAsync(new() { MaxResponseBytes = 1000 });
        harness.Server.Store.Put(ResourceTypes.ConfigMaps, Json.ConfigMap("web", new string('x', 2000)));

        var error = await Assert.ThrowsAsync<ApiException>(() => harness.Client.GetAsync(ApiResources.ConfigMaps, Web, CancellationToken.None));

        Assert.Equal(ApiErrorKind.Garbled, error.Kind);
        Assert.Contains("longer than 1000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "BadRequest", ApiErrorKind.BadRequest)]
    [InlineData(401, "Unauthorized", ApiErrorKind.Unauthorized)]
    [InlineData(403, "Forbidden", ApiErrorKind.Forbidden)]
    [InlineData(409, "Conflict", ApiErrorKind.Conflict)]
    [InlineData(409, "AlreadyExists", ApiErrorKind.AlreadyExists)]
    [InlineData(410, "Expired", ApiErrorKind.Gone)]
    [InlineData(410, "Gone", ApiErrorKind.Gone)]
    [InlineData(422, "Invalid", ApiErrorKind.Invalid)]
    [InlineData(500, "ServerTimeout", ApiErrorKind.ServerTimeout)]
    [InlineData(504, "Timeout", ApiErrorKind.ServerTimeout)]
    [InlineData(500, null, ApiErrorKind.ServerError)]
    [InlineData(502, null, ApiErrorKind.Unavailable)]
    [InlineData(413, null, ApiErrorKind.TooLarge)]
    [InlineData(418, "Teapot", ApiErrorKind.Other)]
    public void Refusals_have_kinds(int code, string? reason, ApiErrorKind kind) => Assert.Equal(kind, ApiErrorKinds.Of((HttpStatusCode)code, reason));

    [Fact(Timeout = Deadline)]
    public async Task Requests_keep_to_the_rate_and_to_their_order()
    {
        var time = new FakeTimeProvider();
        var rate = new RequestRate(10, 2, time);
        Assert.Equal(TimeSpan.Zero, await rate.WaitAsync(CancellationToken.None));
        Assert.Equal(TimeSpan.Zero, await rate.WaitAsync(CancellationToken.None));
        using var leaves = new CancellationTokenSource();
        var third = rate.WaitAsync(CancellationToken.None).AsTask();
        var fourth = rate.WaitAsync(leaves.Token).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(third.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await third;
        Assert.False(fourth.IsCompleted);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fourth);

        // What the fourth did not use is there for the next.
        var fifth = rate.WaitAsync(CancellationToken.None).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(100));
        await fifth;
    }
}
