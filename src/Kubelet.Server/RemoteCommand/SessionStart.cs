using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Wire = VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.Kubelet.Server.RemoteCommand;

/// <summary>What a client is given time for before its command starts.</summary>
internal static class SessionStart
{
    /// <summary>
    /// kubectl 1.30 to 1.33 reads from a WebSocket before it has made the streams of its session, and discards what comes for one that is not there yet
    /// (kubernetes issue 131189): the whole output of a quick command, with exit code 0.
    /// </summary>
    private static readonly TimeSpan s_kubectlHeadStart = TimeSpan.FromMilliseconds(25);

    /// <summary>The size of a terminal comes in the client's first moments; a command that asks at once would see a terminal of no size.</summary>
    private static readonly TimeSpan s_firstSizeBound = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the client needs a head start: kubectl over WebSocket.</summary>
    public static bool NeedsHeadStart(HttpRequest request, bool isWebSocket) =>
        isWebSocket && request.Headers.UserAgent.ToString().StartsWith("kubectl/", StringComparison.Ordinal);

    /// <summary>Lets a head start pass.</summary>
    public static Task HeadStartAsync(TimeProvider time, CancellationToken cancellationToken) => Task.Delay(s_kubectlHeadStart, time, cancellationToken);

    /// <summary>Waits for the first size of the client's terminal, for a moment.</summary>
    public static async Task FirstSizeAsync(ChannelReader<Wire.TerminalSize> sizes, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await sizes.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(s_firstSizeBound, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // A client that tells none: its terminal has the size that terminals have.
        }
    }
}
