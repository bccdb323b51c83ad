using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.EndToEnd.Clusters;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.EndToEnd.Kube;

/// <summary>An agent in a cluster and a pod with an HTTP server, shared by the tests of a class that leave both as they were.</summary>
public sealed class HttpPod(KubernetesSite site) : IAsyncLifetime
{
    /// <summary>The pod's name; its container is <c>main</c>.</summary>
    public const string Name = "http";

    private const string Server = """
        $| = 1;
        my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ENV{PORT}, Listen => 16, ReuseAddr => 1) or die "port $ENV{PORT}: $@";
        print "listening\n";
        while (my $client = $server->accept) {
          my $request = <$client>;
          my ($path) = $request =~ m{^GET (\S+)};
          print "asked for $path\n";
          my $body = "you asked job $ENV{SLURM_JOB_ID} for $path\n";
          print $client "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: @{[length $body]}\r\n\r\n$body";
          close $client;
        }
        """;

    private NodeAgent? _agent;

    internal NodeAgent Agent => _agent!;

    internal int Port { get; } = FreePort();

    public async Task InitializeAsync()
    {
        _agent = await NodeAgent.StartAsync(site);
        var container = new Container
        {
            Name = "main",
            Image = "none",
            Command = ["perl", "-MIO::Socket::INET", "-e", Server],
            Env = [new EnvVar { Name = "PORT", Value = Port.ToString(CultureInfo.InvariantCulture) }],
            Resources = new ResourceRequirements { Requests = new Dictionary<string, JsonElement> { ["memory"] = JsonSerializer.SerializeToElement("1Gi") } },
        };
        var pod = Manifest.Pod(Name, "");
        await site.CreateAsync(pod with { Spec = pod.Spec with { Containers = [container] } }, _agent.Node);
        await site.WaitForPhaseAsync(Name, PodPhases.Running);
    }

    public async Task DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
