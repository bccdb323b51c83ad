using System.Text.Json;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Support;

/// <summary>An exec or attach over SPDY whose client has opened its streams.</summary>
internal sealed class SpdySession
{
    private SpdySession(SpdyClient client) => Client = client;

    public SpdyClient Client { get; }

    /// <summary>The streams by type.</summary>
    public Dictionary<string, uint> Ids { get; } = [];

    public static async Task<SpdySession> OpenAsync(TestKubelet kubelet, string path, params string[] types)
    {
        var session = new SpdySession(await kubelet.SpdyAsync(path));
        foreach (var type in types)
        {
            session.Ids[type] = await session.Client.OpenAsync(type);
        }

        return session;
    }

    public Task SendAsync(string type, string text, bool isLast = false) =>
        Client.SendAsync(SpdyBytes.Data(Ids[type], System.Text.Encoding.UTF8.GetBytes(text), isLast));

    public string TextOf(string type) => Client.TextOf(Ids[type]);

    /// <summary>Reads until the server closes; the status it left.</summary>
    public async Task<JsonElement> EndAsync()
    {
        await Client.ReadToEndAsync();
        return JsonDocument.Parse(TextOf("error")).RootElement;
    }

    /// <summary>Reads until this text has come on a stream.</summary>
    public async Task ReadAsync(string type, string text)
    {
        while (!TextOf(type).Contains(text, StringComparison.Ordinal))
        {
            Assert.NotNull(await Client.ReadAsync());
        }
    }
}
