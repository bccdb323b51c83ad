using System.Buffers;
using System.Text;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Kubernetes.Tests.Support;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Kubernetes.Tests.Client;

public sealed class WatchTests
{
    private const int Deadline = 60_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact(Timeout = Deadline)]
    public async Task A_watch_tells_changes_and_how_far_it_is_and_ends_when_its_time_is_over()
    {
        await using var harness = await ClientHarness.StartAsync();
        var store = harness.Server.Store;
        var from = store.Put(ResourceTypes.Pods, Json.Pod("old")).Version();
        await using var watch = Watch(harness, from);
        var next = watch.MoveNextAsync().AsTask();
        var session = await harness.Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None);

        store.Put(ResourceTypes.Pods, Json.Pod("web"));
        await AssertNextAsync(watch, next, WatchEventType.Added, "web");
        next = watch.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        store.Change(new StoreKey(ResourceTypes.Pods, "default", "web"), pod =>
        {
            pod["status"]!["phase"] = "Running";
            return pod;
        });
        await AssertNextAsync(watch, next, WatchEventType.Modified, "web");
        Assert.Equal("Running", watch.Current.Object.Status!.Phase);
        store.Delete(new StoreKey(ResourceTypes.Pods, "default", "web"));
        await AssertNextAsync(watch, watch.MoveNextAsync().AsTask(), WatchEventType.Deleted, "web");
        Assert.Equal(store.Version, long.Parse(watch.Current.ResourceVersion, null));
        store.Tick();
        session.Bookmark();
        await AssertNextAsync(watch, watch.MoveNextAsync().AsTask(), WatchEventType.Bookmark, null);
        Assert.Equal(store.Version, long.Parse(watch.Current.ResourceVersion, null));
        session.End();
        Assert.False(await watch.MoveNextAsync().AsTask().WaitAsync(Patience));
        Assert.Equal("30", session.Request.Query["timeoutSeconds"]);
        Assert.Equal("true", session.Request.Query["allowWatchBookmarks"]);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_watch_from_a_forgotten_version_says_so()
    {
        await using var harness = await ClientHarness.StartAsync();
        var from = harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("old")).Version();
        harness.Server.Store.Tick();
        harness.Server.Store.Compact();
        await using var watch = Watch(harness, from);

        Assert.Equal(ApiErrorKind.Gone, (await Assert.ThrowsAsync<ApiException>(() => watch.MoveNextAsync().AsTask())).Kind);
    }

    [Theory(Timeout = Deadline)]
    [InlineData("""{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a","resourceVersion":"5"}""", "in the middle of an event")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"resourceVersion":"5"}}}""", "in the middle of an event")]
    [InlineData("garbage\n", "not what an API server answers")]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"}}}""" + "\n", "no resourceVersion")]
    [InlineData("""{"type":"DANCED","object":{"metadata":{"resourceVersion":"5"}}}""" + "\n", "no type that is known")]
    [InlineData("""{"type":"ADDED"}""" + "\n", "not an event")]
    public async Task Half_an_event_or_a_strange_one_is_an_error_and_no_event(string text, string expected)
    {
        await using var harness = await ClientHarness.StartAsync();
        await using var watch = Watch(harness, harness.Server.Store.Version);
        var next = watch.MoveNextAsync().AsTask();
        var session = await harness.Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None);
        session.Send(text);
        session.End();

        var error = await Assert.ThrowsAsync<ApiException>(() => next.WaitAsync(Patience));
        Assert.Equal(ApiErrorKind.Garbled, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task A_broken_connection_ends_the_watch_with_an_error()
    {
        await using var harness = await ClientHarness.StartAsync();
        await using var watch = Watch(harness, harness.Server.Store.Version);
        var next = watch.MoveNextAsync().AsTask();
        (await harness.Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None)).Drop();

        Assert.Equal(ApiErrorKind.Unreachable, (await Assert.ThrowsAsync<ApiException>(() => next.WaitAsync(Patience))).Kind);
    }

    [Fact(Timeout = Deadline)]
    public async Task An_error_event_is_the_error_it_holds()
    {
        await using var harness = await ClientHarness.StartAsync();
        await using var watch = Watch(harness, harness.Server.Store.Version);
        var next = watch.MoveNextAsync().AsTask();
        (await harness.Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None)).Fail(new StatusException(429, "TooManyRequests", "too many watches") { RetryAfter = 7 });

        var error = await Assert.ThrowsAsync<ApiException>(() => next.WaitAsync(Patience));
        Assert.Equal((ApiErrorKind.TooManyRequests, TimeSpan.FromSeconds(7)), (error.Kind, error.RetryAfter));
    }

    [Fact(Timeout = Deadline)]
    public async Task An_event_beyond_the_bound_is_refused_before_it_is_whole()
    {
        await using var harness = await ClientHarness.StartAsync(new() { MaxWatchEventBytes = 100_000 });
        await using var watch = Watch(harness, harness.Server.Store.Version);
        var next = watch.MoveNextAsync().AsTask();
        var session = await harness.Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None);
        session.Send(new StringBuilder("""{"type":"ADDED","object":{"x":" """).Append('x', 200_000).ToString());

        var error = await Assert.ThrowsAsync<ApiException>(() => next.WaitAsync(Patience));
        Assert.Contains("longer than 100000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Deadline)]
    public async Task Who_leaves_a_watch_leaves_the_server_too()
    {
        await using var harness = await ClientHarness.StartAsync();
        await using (var watch = Watch(harness, harness.Server.Store.Version))
        {
            var next = watch.MoveNextAsync();
            await harness.Server.Watches.WaitAsync(ResourceTypes.Pods, CancellationToken.None);
            harness.Server.Store.Put(ResourceTypes.Pods, Json.Pod("web"));
            await next;
        }

        await harness.Server.Watches.WaitForCountAsync(0, CancellationToken.None).WaitAsync(Patience);
    }

    [Fact]
    public void Bookmarks_are_read_as_Go_writes_objects_that_are_empty()
    {
        Assert.Equal("5", Parse("""{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"5","creationTimestamp":null},"spec":{"containers":null},"status":{}}""", ApiResources.Pods));
        Assert.Equal("5", Parse("""
            {"kind":"Node","apiVersion":"v1","metadata":{"resourceVersion":"5","creationTimestamp":null},"spec":{},"status":{"daemonEndpoints":{"kubeletEndpoint":{"Port":0}},
             "nodeInfo":{"machineID":"","systemUUID":"","bootID":"","kernelVersion":"","osImage":"","containerRuntimeVersion":"","kubeletVersion":"","kubeProxyVersion":"","operatingSystem":"","architecture":""}}}
            """, ApiResources.Nodes));
        Assert.Equal("5", Parse("""{"kind":"Secret","apiVersion":"v1","metadata":{"resourceVersion":"5","creationTimestamp":null}}""", ApiResources.Secrets));
        Assert.Equal("5", Parse("""{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"resourceVersion":"5","creationTimestamp":null},"spec":{}}""", ApiResources.Leases));
        Assert.Equal("5", Parse("""
            {"kind":"CertificateSigningRequest","apiVersion":"certificates.k8s.io/v1","metadata":{"resourceVersion":"5","creationTimestamp":null},"spec":{"request":null,"signerName":""},"status":{}}
            """, ApiResources.CertificateSigningRequests));
    }

    private static string Parse<T>(string content, ApiResource<T> resource)
        where T : class, IKubernetesObject
    {
        var line = Encoding.UTF8.GetBytes($$"""{"type":"BOOKMARK","object":{{content}}}""");
        var read = WatchLine.Parse(new ReadOnlySequence<byte>(line), resource.ObjectJson, new ApiRequest(HttpMethod.Get, "watch", "x", "x", true));
        Assert.Equal(WatchEventType.Bookmark, read.Type);
        return read.ResourceVersion;
    }

    private static IAsyncEnumerator<WatchEvent<Pod>> Watch(ClientHarness harness, long from) => harness.Client.WatchAsync(
        ApiResources.Pods,
        null,
        new WatchOptions
        {
            FieldSelector = "spec.nodeName=virtual-0",
            ResourceVersion = from.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Timeout = TimeSpan.FromSeconds(30),
        },
        CancellationToken.None).GetAsyncEnumerator();

    private static async Task AssertNextAsync(IAsyncEnumerator<WatchEvent<Pod>> watch, Task<bool> next, WatchEventType type, string? name)
    {
        Assert.True(await next.WaitAsync(Patience));
        Assert.Equal((type, name), (watch.Current.Type, watch.Current.Object.Metadata.Name));
    }
}
