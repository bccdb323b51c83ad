using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Attach;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Authorization;
using VirtualKubelet.Kubelet.Server.Exec;
using VirtualKubelet.Kubelet.Server.Health;
using VirtualKubelet.Kubelet.Server.Hosting;
using VirtualKubelet.Kubelet.Server.Logs;
using VirtualKubelet.Kubelet.Server.Metrics;
using VirtualKubelet.Kubelet.Server.Pods;
using VirtualKubelet.Kubelet.Server.PortForward;
using VirtualKubelet.Kubelet.Server.RemoteCommand;
using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Kubelet.Server.Sessions;
using VirtualKubelet.Providers;

namespace VirtualKubelet.Kubelet.Server;

/// <summary>
/// The kubelet's HTTPS API. It brings its own Kestrel, so that nothing a hosting program adds (host filtering, redirects,
/// developer pages) comes before the kubelet's order of checks.
/// </summary>
public sealed class KubeletServer : IHostedService, IAsyncDisposable
{
    private readonly KubeletServerOptions _options;
    private readonly IPodLister _pods;
    private readonly IProvider _provider;
    private readonly IAuthenticator _authenticator;
    private readonly IAuthorizer _authorizer;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly MetricsCollector _metrics;
    private readonly LogCheck _logCheck;
    private readonly SyncLoopCheck _syncLoopCheck;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SessionStop _stop;
    private WebApplication? _application;
    private IPEndPoint? _endpoint;
    private bool _isDisposed;

    /// <summary>Makes the server; it listens once started. Metrics are counted from now on.</summary>
    public KubeletServer(
        KubeletServerOptions options,
        IPodLister pods,
        IProvider provider,
        ISyncLoop syncLoop,
        IAuthenticator authenticator,
        IAuthorizer authorizer,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _options = options;
        _metrics = options.Metrics ?? new MetricsCollector();
        _pods = pods;
        _provider = provider;
        _authenticator = authenticator;
        _authorizer = authorizer;
        _time = time;
        _loggers = loggers;
        _logCheck = new LogCheck(time, loggers.CreateLogger<LogCheck>());
        _syncLoopCheck = new SyncLoopCheck(syncLoop, time);
        _stop = new SessionStop(time, _stopping.Token);
    }

    /// <summary>Where the server listens, with the port it really has.</summary>
    /// <exception cref="InvalidOperationException">The server has not started.</exception>
    public IPEndPoint Endpoint => _endpoint ?? throw new InvalidOperationException("the server has not started");

    /// <summary>Starts to listen; when this returns, requests are answered.</summary>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _application = Build();
        await _application.StartAsync(cancellationToken);
        _endpoint = FindEndpoint(_application);
        KubeletServerLog.Listening(_loggers.CreateLogger<KubeletServer>(), _endpoint);
    }

    /// <summary>
    /// Cuts log streams, tells the clients of exec and attach that they failed, says goodbye to those of port-forward, and stops to listen.
    /// Returns when all connections have ended; sessions have ten seconds at most, other answers until the token is cancelled.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_application is not null)
        {
            await _application.StopAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stopping.CancelAsync();
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }

        _stop.Dispose();
        _stopping.Dispose();
        _logCheck.Dispose();
        if (_options.Metrics is null)
        {
            _metrics.Dispose();
        }
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(_loggers);
        builder.Services.AddSingleton<IHostLifetime, HostDecidesLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ServerLimits.StoppedServer);
        builder.Services.Configure<SocketTransportOptions>(KestrelSetup.Configure);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, ConnectionBlocksFactory>();
        builder.WebHost.ConfigureKestrel(kestrel => KestrelSetup.Configure(kestrel, _options));

        var application = builder.Build();
        var pipeline = new RequestPipeline(
            Routes(), _authenticator, _authorizer, _time, _loggers.CreateLogger<RequestPipeline>());
        application.Run(pipeline.HandleAsync);
        return application;
    }

    private RouteTable Routes()
    {
        var health = new HealthHandler([new PingCheck(), _logCheck, _syncLoopCheck], _loggers.CreateLogger<HealthHandler>());
        var always = KubeletRoutes.Always(health, new PodsHandler(_pods), new MetricsHandler(_metrics));
        return new RouteTable([.. always, .. _options.EnableDebuggingHandlers ? Debugging() : KubeletRoutes.DebuggingDisabled()]);
    }

    private IEnumerable<Route> Debugging()
    {
        var gate = new SessionGate(new Slots(_options.MaxStreamingSessions), _stop, _time, _loggers.CreateLogger<SessionGate>());
        var runner = new RemoteCommandRunner(gate, _stop, _options.Streaming, _time, _loggers.CreateLogger<RemoteCommandRunner>());
        return KubeletRoutes.Debugging(
            new LogsHandler(_pods, _provider, new Slots(_options.MaxLogStreams), _time, _stopping.Token),
            new RunningPodsHandler(_pods),
            new ExecHandler(_pods, _provider, runner),
            new AttachHandler(_pods, _provider, runner),
            new PortForwardHandler(_pods, _provider, gate, _stop, _options.Streaming, _time, _loggers.CreateLogger<PortForwardHandler>()));
    }

    private IPEndPoint FindEndpoint(WebApplication application)
    {
        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        return new IPEndPoint(_options.Address, new Uri(addresses.Single()).Port);
    }
}
