using System.Net;
using VirtualKubelet.Kubelet.Server.Tests.Support;

namespace VirtualKubelet.Kubelet.Server.Tests.Routing;

public sealed class HostilePathTests
{
    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("//pods", 404)]
    [InlineData("/./pods", 404)]
    [InlineData("/x/../pods", 404)]
    [InlineData("/%2e%2e/pods", 404)]
    [InlineData("/containerLogs/ns/p/..", 404)]
    [InlineData("/containerLogs/ns/p/%2e%2e", 404)]
    [InlineData("/containerLogs/ns/p%2Fc", 404)]
    [InlineData("/containerLogs%2Fns%2Fp%2Fc", 404)]
    [InlineData("/containerLogs/ns/p/c%2F..%2F..%2Fetc", 404)]
    [InlineData("/pods%zz", 404)]
    [InlineData("/pods%", 404)]
    [InlineData("/pods%00", 400)]
    [InlineData("*", 405)]
    [InlineData("pods", 405)]
    [InlineData("/%70ods", 200)]
    [InlineData("/pods?", 200)]
    [InlineData("/pods?a=%zz&;&=&&&b", 200)]
    [InlineData("https://kubelet/pods", 200)]
    [InlineData("https://kubelet", 404)]
    public async Task Odd_targets_are_answered_plainly_and_never_resolved_to_another_path(string target, int status)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync("GET " + target);

        Assert.Equal(status, response.Status);
        Assert.DoesNotContain("Location:", response.Head, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(kubelet.Provider.Queries);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("/containerLogs/ns//c", """{"message": "Missing podID."}""")]
    [InlineData("/containerLogs///c", """{"message": "Missing podID."}""")]
    [InlineData("/containerLogs/ns/p//", """{"message": "Missing container name."}""")]
    [InlineData("/containerLogs//p/c", """{"message": "Missing podNamespace."}""")]
    public async Task Empty_segments_are_named(string target, string body)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync("GET " + target + "?tailLines=abc");

        Assert.Equal((400, body), (response.Status, response.Body));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_query_of_a_hundred_kilobytes_is_served_and_a_path_of_it_is_not_found()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var long100k = new string('x', 100_000);

        Assert.Equal(200, (await kubelet.SendRawAsync("GET /containerLogs/ns/p/c?foo=" + long100k)).Status);
        Assert.Equal(404, (await kubelet.SendRawAsync("GET /" + long100k)).Status);
        Assert.Equal(404, (await kubelet.SendRawAsync("GET /pods" + new string('/', 100_000))).Status);
        Assert.Equal(404, (await kubelet.SendRawAsync("GET /containerLogs/ns/" + long100k + "/c")).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_query_of_a_hundred_kilobytes_is_served_over_http_2_too()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        using var client = kubelet.Client(version: HttpVersion.Version20);

        var response = await client.GetAsync("/containerLogs/ns/p/c?foo=" + new string('x', 60_000));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_request_line_beyond_the_limit_is_refused_and_the_server_lives_on()
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync("GET /pods?" + new string('x', 1_100_000));

        Assert.Equal(414, response.Status);
        Assert.Equal(200, (await kubelet.SendRawAsync("GET /pods")).Status);
    }
}
