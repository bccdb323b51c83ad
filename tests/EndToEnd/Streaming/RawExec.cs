using System.Globalization;
using System.Text;
using System.Text.Json;
using VirtualKubelet.EndToEnd.Agents;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>One exec with stdin and stdout as raw bytes see it, whatever the transport. One may send while another receives.</summary>
internal abstract class RawExec : IDisposable
{
    /// <summary>What came on the error stream.</summary>
    protected List<byte> Error { get; } = [];

    /// <summary>What the status says of the command, null when none has come.</summary>
    public string? Status => Error.Count == 0 ? null : JsonDocument.Parse(Error.ToArray()).RootElement.GetProperty("status").GetString();

    /// <summary>What came on the error stream, as text.</summary>
    public string ErrorText => Encoding.UTF8.GetString(Error.ToArray());

    /// <summary>Whether the error stream was closed as at a session's proper end.</summary>
    public bool IsErrorEnded { get; protected set; }

    public static async Task<RawExec> OpenAsync(Agent agent, Transport transport, params string[] command) =>
        transport == Transport.Spdy ? await SpdyExec.OpenAsync(agent, PathOf(command)) : await WebSocketExec.OpenAsync(agent, PathOf(command));

    public abstract Task SendAsync(byte[] bytes);

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Half-closes the input.</summary>
    public abstract Task EndInputAsync();

    /// <summary>The next bytes of the output; null at its end or that of the connection.</summary>
    public abstract Task<byte[]?> ReceiveAsync();

    /// <summary>Reads on until the connection ends.</summary>
    public abstract Task EndAsync();

    /// <summary>The socket vanishes.</summary>
    public abstract void Abort();

    public abstract void Dispose();

    /// <summary>Receives exactly this text.</summary>
    public async Task ExpectAsync(string text)
    {
        var received = "";
        while (received.Length < text.Length)
        {
            received += Encoding.UTF8.GetString(await ReceiveAsync() ?? throw new EndOfStreamException($"the output ended behind \"{received}\"; {ErrorText}"));
        }

        Assert.Equal(text, received);
    }

    /// <summary>Receives a line, which is a number.</summary>
    public async Task<int> ReadNumberAsync()
    {
        var received = "";
        while (!received.EndsWith('\n'))
        {
            received += Encoding.UTF8.GetString(await ReceiveAsync() ?? throw new EndOfStreamException($"the output ended behind \"{received}\"; {ErrorText}"));
        }

        return int.Parse(received, CultureInfo.InvariantCulture);
    }

    /// <summary>Asks <c>cat</c> and hears it.</summary>
    public async Task EchoAsync(string text)
    {
        await SendAsync(text);
        await ExpectAsync(text);
    }

    private static string PathOf(string[] command) =>
        $"/exec/default/{StreamingPod.Name}/main?{string.Concat(command.Select(word => $"command={Uri.EscapeDataString(word)}&"))}input=1&output=1";
}
