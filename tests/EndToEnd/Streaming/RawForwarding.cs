using System.Text;
using VirtualKubelet.EndToEnd.Agents;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>Connections over SPDY, as kubectl forwards them.</summary>
internal sealed class RawForwarding : IDisposable
{
    private readonly Wire _wire;
    private int _requests;

    private RawForwarding(Wire wire) => (_wire, Client) = (wire, new SpdyClient(wire.Stream));

    public SpdyClient Client { get; }

    public static async Task<RawForwarding> OpenAsync(Agent agent, string pod = StreamingPod.Name) =>
        new(await Wire.SpdyAsync(agent, $"/portForward/default/{pod}", "portforward.k8s.io"));

    /// <summary>Connects to a port.</summary>
    public Task<(uint Error, uint Data)> ConnectAsync(int port) => Client.OpenPairAsync(port, $"{_requests++}");

    public Task SendAsync(uint stream, string text, bool isLast = false) => Client.SendAsync(SpdyBytes.Data(stream, Encoding.UTF8.GetBytes(text), isLast));

    /// <summary>Reads until both streams of a connection have ended; returns what came on them.</summary>
    public async Task<(string Error, string Data)> EndAsync((uint Error, uint Data) pair)
    {
        while (!HasEnded(pair.Error) || !HasEnded(pair.Data))
        {
            Assert.NotNull(await Client.ReadAsync());
        }

        var ended = (Client.TextOf(pair.Error), Client.TextOf(pair.Data));

        // All frames of a thousand connections would be searched for each.
        Client.Received.RemoveAll(frame => frame.StreamId == pair.Error || frame.StreamId == pair.Data);
        return ended;
    }

    /// <summary>Sends a text on each stream and reads until each has come back.</summary>
    public async Task EchoAsync(IReadOnlyCollection<uint> streams, string text)
    {
        foreach (var stream in streams)
        {
            await SendAsync(stream, $"{stream}: {text}");
        }

        var left = streams.ToDictionary(stream => stream, stream => $"{stream}: {text}");
        while (left.Count > 0)
        {
            var frame = await Client.ReadAsync() ?? throw new EndOfStreamException($"{left.Count} of {streams.Count} connections got no answer");
            if (frame.Type == ClientFrame.Data && left.TryGetValue(frame.StreamId, out var rest))
            {
                var came = Encoding.UTF8.GetString(frame.Payload);
                Assert.StartsWith(came, rest, StringComparison.Ordinal);
                if (came.Length == rest.Length)
                {
                    left.Remove(frame.StreamId);
                }
                else
                {
                    left[frame.StreamId] = rest[came.Length..];
                }
            }
        }
    }

    public void Abort() => _wire.Abort();

    public void Dispose() => _wire.Dispose();

    private bool HasEnded(uint stream) => Client.HasFin(stream) || Client.HasReset(stream);
}
