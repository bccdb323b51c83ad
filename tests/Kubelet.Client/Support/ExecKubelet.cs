using Microsoft.AspNetCore.Server.Kestrel.Core;
using VirtualKubelet.Kubelet.Streaming;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Client.Tests.Support;

/// <summary>A kubelet that runs one kind of command, given as code, with the server's side of our own streaming.</summary>
internal static class ExecKubelet
{
    public static readonly string[] V5 = ["v5.channel.k8s.io"];
    public static readonly string[] V4 = ["v4.channel.k8s.io"];

    /// <summary>Starts it; a command that returns null drops the connection without a status.</summary>
    public static Task<TestKubelet> StartAsync(
        Func<RemoteCommandSession, Task<RemoteCommandStatus?>> command, IReadOnlyList<string>? protocols = null, HttpProtocols http = HttpProtocols.Http1AndHttp2) =>
        TestKubelet.StartAsync(protocols: http, handle: async context =>
        {
            if (await TestKubelet.UpgradeAsync(context, protocols ?? RemoteCommandProtocols.WebSocket) is not { } upgrade)
            {
                return;
            }

            var query = context.Request.Query;
            var streams = new RemoteCommandStreams { Stdin = query["input"] == "1", Stdout = query["output"] == "1", Stderr = query["error"] == "1", Tty = query["tty"] == "1" };
            await using var session = await RemoteCommandSession.OverWebSocketAsync(
                upgrade.Stream, upgrade.Protocol, streams, new StreamingOptions { LingerTimeout = TimeSpan.FromMilliseconds(300) }, TimeProvider.System, CancellationToken.None);
            if (await command(session) is { } status)
            {
                await session.CompleteAsync(status, CancellationToken.None);
            }
        });

    /// <summary>What <c>cat</c> does, with a word on stderr in the end.</summary>
    public static async Task<RemoteCommandStatus?> CatAsync(RemoteCommandSession session)
    {
        await session.Stdin!.CopyToAsync(session.Stdout!);
        if (session.Stderr is { } error)
        {
            await error.WriteAsync("done\n"u8.ToArray());
        }

        return RemoteCommandStatus.Exited(3);
    }
}
