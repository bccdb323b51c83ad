using System.Net;
using Microsoft.Extensions.DependencyInjection;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Authorization;
using VirtualKubelet.Kubelet.Server.Tests.Support;

namespace VirtualKubelet.Kubelet.Server.Tests.Routing;

public sealed class OrderOfChecksTests
{
    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A1")]
    [InlineData("/nonexistent")]
    [InlineData("/")]
    [InlineData("/run/ns/p/c")]
    [InlineData("/healthz/nonexistent")]
    [InlineData("/metrics/")]
    [InlineData("/Pods")]
    [InlineData("/configz")]
    public async Task A_path_that_is_not_registered_is_404_before_anyone_asks_who_it_is(string path)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync("GET " + path, authorised: false);

        Assert.Equal((404, "404 page not found\n"), (response.Status, response.Body));
        Assert.Contains("\r\nX-Content-Type-Options: nosniff\r\n", response.Head);
        Assert.Contains("\r\nContent-Type: text/plain; charset=utf-8\r\n", response.Head);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A2")]
    [InlineData("GET /pods")]
    [InlineData("GET /pods/too/many/segments")]
    [InlineData("DELETE /containerLogs/ns/p/c")]
    [InlineData("POST /exec/ns/nope/c")]
    [InlineData("GET /attach/ns/p")]
    [InlineData("DELETE /portForward/ns/p")]
    [InlineData("GET /healthz")]
    [InlineData("GET /metrics")]
    public async Task Without_credentials_every_registered_path_is_401_whatever_else_is_wrong(string request)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync(request, authorised: false);

        Assert.Equal((401, "Unauthorized"), (response.Status, response.Body));
        Assert.Contains("\r\nContent-Type: text/plain; charset=utf-8\r\n", response.Head);
        Assert.DoesNotContain("nosniff", response.Head);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A13")]
    public async Task A_wrong_method_is_405_and_names_the_right_one()
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync("DELETE /containerLogs/ns/p/c");

        Assert.Equal((405, "405: Method Not Allowed"), (response.Status, response.Body));
        Assert.Contains("\r\nAllow: GET\r\n", response.Head);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A13")]
    [InlineData("GET /containerLogs/ns/p")]
    [InlineData("GET /containerLogs/ns/p/uid/c")]
    [InlineData("GET /containerLogs")]
    [InlineData("GET /pods/p")]
    [InlineData("GET /runningpods/x")]
    [InlineData("DELETE /containerLogs/ns/p")]
    public async Task A_wrong_number_of_segments_is_404_after_authentication(string request)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync(request);

        Assert.Equal((404, "404: Page Not Found"), (response.Status, response.Body));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A16")]
    [InlineData("/healthz")]
    [InlineData("/pods")]
    [InlineData("/pods/")]
    [InlineData("/runningpods")]
    [InlineData("/runningpods/")]
    [InlineData("/metrics")]
    [InlineData("/containerLogs/ns/p/c")]
    [InlineData("/containerLogs/ns/p/c/")]
    public async Task Canonical_paths_and_trailing_slashes_are_served_and_never_redirected(string path)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        Assert.Equal(200, (await kubelet.SendRawAsync("GET " + path)).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A12")]
    public async Task Any_host_name_is_served()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        using var client = kubelet.Client();
        client.DefaultRequestHeaders.Host = "kubernetes.default:6443";

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/pods")).StatusCode);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A15")]
    [InlineData("GET /exec/ns/p/c")]
    [InlineData("POST /exec/ns/p/c")]
    [InlineData("PUT /attach/ns")]
    [InlineData("GET /portForward/ns/p?port=80")]
    [InlineData("DELETE /containerLogs/ns/p/c")]
    [InlineData("GET /containerLogs")]
    [InlineData("PUT /runningpods/")]
    [InlineData("GET /logs/")]
    [InlineData("GET /debug/pprof/heap")]
    public async Task Disabled_debugging_handlers_say_so_for_every_method(string request)
    {
        await using var kubelet = await TestKubelet.StartAsync(o => o with { EnableDebuggingHandlers = false });

        var response = await kubelet.SendRawAsync(request, "Content-Length: 0\r\n");

        Assert.Equal((405, "Debug endpoints are disabled.\n"), (response.Status, response.Body));
        Assert.Equal(401, (await kubelet.SendRawAsync(request, "Content-Length: 0\r\n", authorised: false)).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A15")]
    public async Task Disabled_debugging_handlers_leave_pods_alone_and_configz_unregistered()
    {
        await using var kubelet = await TestKubelet.StartAsync(o => o with { EnableDebuggingHandlers = false });

        Assert.Equal(200, (await kubelet.SendRawAsync("GET /pods")).Status);
        Assert.Equal((404, "404 page not found\n"), await StatusAndBodyAsync(kubelet, "GET /configz"));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A4")]
    public async Task A_denied_user_is_told_verb_resource_and_subresources()
    {
        await using var kubelet = await TestKubelet.StartAsync(services: s => s.AddSingleton<IAuthorizer>(new Rule(_ => false)));

        var response = await kubelet.SendRawAsync("GET /pods");

        Assert.Equal(
            (403, "Forbidden (user=vk-slurm:token-file, verb=get, resource=nodes, subresource(s)=[pods proxy])\n"),
            (response.Status, response.Body));
        Assert.Equal(403, (await kubelet.SendRawAsync("POST /containerLogs/ns/p/c", "Content-Length: 0\r\n")).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A5")]
    public async Task An_authorizer_that_fails_is_a_500()
    {
        await using var kubelet = await TestKubelet.StartAsync(
            services: s => s.AddSingleton<IAuthorizer>(new Rule(_ => throw new IOException("no API server"))));

        Assert.Equal(
            (500, "Authorization error (user=vk-slurm:token-file, verb=get, resource=nodes, subresource=pods)"),
            await StatusAndBodyAsync(kubelet, "GET /pods"));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A9")]
    [InlineData("/pods", "pods", 200)]
    [InlineData("/pods", "proxy", 200)]
    [InlineData("/healthz", "proxy", 200)]
    [InlineData("/metrics", "metrics", 200)]
    [InlineData("/metrics", "proxy", 403)]
    [InlineData("/containerLogs/ns/p/c", "proxy", 200)]
    [InlineData("/containerLogs/ns/p/c", "log", 403)]
    public async Task A_right_on_any_of_a_routes_subresources_suffices(string path, string allowed, int status)
    {
        await using var kubelet = await TestKubelet.StartAsync(
            services: s => s.AddSingleton<IAuthorizer>(new Rule(a => a == new NodeAccess("get", allowed))));

        Assert.Equal(status, (await kubelet.SendRawAsync("GET " + path)).Status);
    }

    private static async Task<(int, string)> StatusAndBodyAsync(TestKubelet kubelet, string request)
    {
        var response = await kubelet.SendRawAsync(request);
        return (response.Status, response.Body);
    }

    private sealed class Rule(Func<NodeAccess, bool> allows) : IAuthorizer
    {
        public ValueTask<bool> AuthorizeAsync(User user, NodeAccess access, CancellationToken cancellationToken) => new(allows(access));
    }
}
