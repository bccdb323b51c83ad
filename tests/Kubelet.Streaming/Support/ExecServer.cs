using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Support;

/// <summary>One end of a remote command session over SPDY and its client at the other.</summary>
internal sealed class ExecServer : IAsyncDisposable
{
    public static readonly StreamingOptions Options = new() { LingerTimeout = TimeSpan.FromMilliseconds(200) };

    private readonly SocketPair _pair;

    private ExecServer(SocketPair pair, SpdyClient client, RemoteCommandSession session) => (_pair, Client, Session) = (pair, client, session);

    public SpdyClient Client { get; }

    public RemoteCommandSession Session { get; }

    public Dictionary<string, uint> Ids { get; } = [];

    /// <summary>A session whose client has opened these streams in this order.</summary>
    public static async Task<ExecServer> StartAsync(
        string protocol, RemoteCommandStreams streams, string[] types, StreamingOptions? options = null, TimeProvider? time = null)
    {
        var pair = await SocketPair.CreateAsync();
        var client = new SpdyClient(pair.Client);
        var opening = RemoteCommandSession.OverSpdyAsync(
            pair.Server, protocol, streams, options ?? Options, time ?? TimeProvider.System, Deadline.Token());
        var ids = new Dictionary<string, uint>();
        foreach (var type in types)
        {
            ids[type] = await client.OpenAsync(type);
        }

        var server = new ExecServer(pair, client, await opening);
        foreach (var (type, id) in ids)
        {
            server.Ids[type] = id;
        }

        return server;
    }

    /// <summary>The status of the ended session.</summary>
    public async Task<string> EndAsync(RemoteCommandStatus status)
    {
        var ending = Session.CompleteAsync(status, Deadline.Token());
        await Client.ReadToEndAsync();
        await ending;
        return Client.TextOf(Ids["error"]);
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await _pair.DisposeAsync();
    }
}
