using System.Text.Json;
using VirtualKubelet.Kubelet.Server.Reviews;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>An API server to ask, and what it was asked.</summary>
internal sealed class ReviewingServer : IAsyncDisposable
{
    private readonly ApiConnection _connection;

    private ReviewingServer(FakeApiServer fake)
    {
        Fake = fake;
        _connection = new ApiConnection(new ApiConnectionOptions { Server = fake.Url }, TimeProvider.System);
        Client = new ApiClient(_connection, new ApiClientOptions { MaxRetryDelay = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);
    }

    public FakeApiServer Fake { get; }

    public ApiClient Client { get; }

    /// <summary>Tries follow each other at once: nobody moves the clock for them.</summary>
    public ReviewOptions Reviews => new() { Client = Client, NodeName = "node-1", FirstRetryDelay = TimeSpan.Zero };

    public int TokenReviews => Count(ResourceTypes.TokenReviews);

    public int AccessReviews => Count(ResourceTypes.SubjectAccessReviews);

    /// <summary>The specs of the access reviews, in order.</summary>
    public IReadOnlyList<JsonElement> AccessSpecs =>
        [.. Fake.Requests.Where(r => r.Is("create", ResourceTypes.SubjectAccessReviews)).Select(r => r.Json.GetProperty("spec"))];

    public static async Task<ReviewingServer> StartAsync() => new(await FakeApiServer.StartAsync());

    /// <summary>Which requests a fault is for.</summary>
    public static Func<RecordedRequest, bool> Of(ResourceType type) => r => r.Is("create", type);

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await Fake.DisposeAsync();
    }

    private int Count(ResourceType type) => Fake.Requests.Count(r => r.Is("create", type));
}
