using System.Net;
using System.Text.Json;
using VirtualKubelet.Kubelet.Server.Tests.Support;

namespace VirtualKubelet.Kubelet.Server.Tests.Pods;

public sealed class PodsTests
{
    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A17")]
    public async Task Pods_are_a_v1_list_with_their_current_status()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        using var client = kubelet.Client();

        using var response = await client.GetAsync("/pods");
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.EndsWith("}\n", body);
        using var json = JsonDocument.Parse(body);
        Assert.Equal("PodList", json.RootElement.GetProperty("kind").GetString());
        Assert.Equal("v1", json.RootElement.GetProperty("apiVersion").GetString());
        var pod = Assert.Single(json.RootElement.GetProperty("items").EnumerateArray());
        Assert.Equal("p", pod.GetProperty("metadata").GetProperty("name").GetString());
        Assert.True(pod.GetProperty("status").GetProperty("containerStatuses")[0].GetProperty("state").TryGetProperty("running", out _));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("/pods")]
    [InlineData("/runningpods/")]
    public async Task No_pods_are_null_items_as_the_kubelet_encodes_them(string path)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Shelf.Pods.Clear();

        Assert.Equal("""{"kind":"PodList","apiVersion":"v1","metadata":{},"items":null}""" + "\n", await kubelet.Client().GetStringAsync(path));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Running_pods_have_identity_and_their_running_containers_only()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Shelf.Pods.Clear();
        kubelet.Shelf.Pods.Add(Samples.Pod(Samples.Status("c", Samples.Running), Samples.Status("done", Samples.Terminated())));
        kubelet.Shelf.Pods.Add(Samples.Pod(Samples.Status("c", Samples.Waiting("ContainerCreating"))));

        using var json = JsonDocument.Parse(await kubelet.Client().GetStringAsync("/runningpods/"));

        var pod = Assert.Single(json.RootElement.GetProperty("items").EnumerateArray());
        Assert.Equal("""{"name":"p","namespace":"ns","uid":"uid-1"}""", pod.GetProperty("metadata").GetRawText());
        Assert.Equal("""{"containers":[{"name":"c","image":"image-of-c"}]}""", pod.GetProperty("spec").GetRawText());
        Assert.False(pod.TryGetProperty("status", out _));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("text/html", 406)]
    [InlineData("application/vnd.kubernetes.protobuf", 406)]
    [InlineData("application/json", 200)]
    [InlineData("text/html, application/json;q=0.5", 200)]
    [InlineData("application/*", 200)]
    [InlineData("*/*", 200)]
    public async Task An_accept_header_without_json_is_406(string accept, int status)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        var response = await kubelet.SendRawAsync("GET /pods", $"Accept: {accept}\r\n");

        Assert.Equal(status, response.Status);
        Assert.Equal(status == 406, response.Body == "406: Not Acceptable\n\nAvailable representations: application/json");
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("POST")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task Pods_can_only_be_got(string method)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        Assert.Equal(405, (await kubelet.SendRawAsync(method + " /pods", "Content-Length: 0\r\n")).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Five_thousand_pods_are_listed_over_both_protocols()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        kubelet.Shelf.Pods.AddRange(Enumerable.Range(0, 4999).Select(_ => Samples.Pod(Samples.Status("c", Samples.Running))));

        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var json = JsonDocument.Parse(await kubelet.Client(version: version).GetStringAsync("/pods"));
            Assert.Equal(5000, json.RootElement.GetProperty("items").GetArrayLength());
        }
    }
}
