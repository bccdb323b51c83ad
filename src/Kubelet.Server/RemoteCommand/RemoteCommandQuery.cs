using VirtualKubelet.Kubelet.Server.Routing;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Server.RemoteCommand;

/// <summary>What exec and attach read from their query (kubelet <c>remotecommand.NewOptions</c>).</summary>
internal static class RemoteCommandQuery
{
    /// <summary>The body of the 400 when nothing was asked for.</summary>
    public const string NothingAsked = "you must specify at least 1 of stdin, stdout, stderr";

    public static RemoteCommandStreams StreamsOf(RequestQuery query) => new()
    {
        Stdin = query.IsOne("input"),
        Stdout = query.IsOne("output"),
        Stderr = query.IsOne("error"),
        Tty = query.IsOne("tty"),
    };
}
