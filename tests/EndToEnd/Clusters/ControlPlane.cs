using VirtualKubelet.Controllers.KubeConfigs;
using VirtualKubelet.EndToEnd.Support;
using VirtualKubelet.Kubernetes.Client;
using VirtualKubelet.Testing;

namespace VirtualKubelet.EndToEnd.Clusters;

/// <summary>
/// A private Kubernetes control plane, etcd and kube-apiserver, made by <c>hack/kube</c> and gone without a trace when disposed. There is no scheduler
/// and no controller manager: pods name their node, and nothing but the agent acts.
/// </summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private static readonly string Script = Repository.PathOf("hack/kube");

    private ApiConnection? _connection;

    /// <summary>The control plane's own directory.</summary>
    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"vk-e2e-kube-{Guid.NewGuid():N}"[..20]);

    /// <summary>The variables with which kubectl is used as an administrator.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; private set; } = new Dictionary<string, string>();

    /// <summary>The authority of the certificate that the API server shows to kubelets, and of all others.</summary>
    public string Authority => Path.Combine(Root, "pki", "ca.crt");

    /// <summary>That authority's key.</summary>
    public string AuthorityKey => Path.Combine(Root, "pki", "ca.key");

    /// <summary>The API, as an administrator.</summary>
    public ApiClient Api { get; private set; } = null!;

    public Uri Server => _connection!.Server;

    public async Task StartAsync()
    {
        var outcome = await Run.TryAsync(Script, ["up", "--dir", Root], patience: TimeSpan.FromMinutes(20));
        Assert.True(
            outcome.ExitCode == 0,
            $"these tests need a real kube-apiserver, and `hack/kube up` could not start one (as root on Debian it builds what is missing): {outcome.Words}");
        var lines = (await Run.CheckedAsync("bash", ["-c", "eval \"$(\"$0\" env --dir \"$1\")\" && printf '%s\\n' \"$KUBECONFIG\" \"$KUBECACHEDIR\" \"$PATH\"", Script, Root]))
            .Split('\n');
        Variables = new Dictionary<string, string> { ["KUBECONFIG"] = lines[0], ["KUBECACHEDIR"] = lines[1], ["PATH"] = lines[2] };
        _connection = new ApiConnection(KubeConfigFile.Load(lines[0]), TimeProvider.System);
        Api = new ApiClient(_connection, new ApiClientOptions { QueriesPerSecond = 1000, Burst = 1000 }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        await Run.CheckedAsync(Script, ["down", "--dir", Root]);
        Assert.False(Directory.Exists(Root), $"{Root} is still there");
        await ProcessLeaks.AssertNoneAsync(Root);
    }

    /// <summary>The path of a kubeconfig with the identity of a node.</summary>
    public async Task<string> NodeKubeconfigAsync(string node) => (await RunAsync("node-kubeconfig", node)).Trim();

    /// <summary>An outage; etcd goes on.</summary>
    public Task StopApiServerAsync() => RunAsync("stop-apiserver");

    public Task StartApiServerAsync() => RunAsync("start-apiserver");

    /// <summary>Drops all history, while the API server is stopped: every watch from before is told 410.</summary>
    public Task CompactAsync() => RunAsync("compact");

    private Task<string> RunAsync(string command, params string[] arguments) => Run.CheckedAsync(Script, [command, .. arguments, "--dir", Root]);
}
