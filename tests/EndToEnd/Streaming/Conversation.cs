using System.Text;
using VirtualKubelet.Kubelet.Streaming.RemoteCommand;

namespace VirtualKubelet.EndToEnd.Streaming;

/// <summary>Types into a session and reads what it shows, as somebody at a terminal does.</summary>
internal sealed class Conversation(RemoteCommandClientSession session) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly StringBuilder _shown = new();
    private int _read;

    public RemoteCommandClientSession Session => session;

    public async Task TypeAsync(string text) => await session.Stdin!.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads on until a text is shown behind everything that was waited for before; returns what is shown up to it.</summary>
    public async Task<string> ExpectAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var isMore = true; ;)
        {
            var shown = _shown.ToString();
            var found = shown.IndexOf(text, _read, StringComparison.Ordinal);
            if (found >= 0)
            {
                var before = shown[_read..found];
                _read = found + text.Length;
                return before;
            }

            if (!isMore)
            {
                throw new InvalidOperationException($"\"{text}\" was not shown, but: {shown[_read..]}");
            }

            isMore = await ReadAsync(patience.Token);
        }
    }

    /// <summary>Types a line and waits for what it leads to.</summary>
    public async Task<string> AskAsync(string line, string answer)
    {
        await TypeAsync(line + "\n");
        return await ExpectAsync(answer);
    }

    /// <summary>How the session ended, once all that it showed was read.</summary>
    public async Task<RemoteCommandResult> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await ReadAsync(patience.Token))
        {
        }

        return await session.Completion.WaitAsync(patience.Token);
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    /// <summary>Reads once; false at the end, or when it takes too long.</summary>
    private async Task<bool> ReadAsync(CancellationToken patience)
    {
        try
        {
            var read = await session.Stdout!.ReadAsync(patience);
            foreach (var segment in read.Buffer)
            {
                _shown.Append(Encoding.UTF8.GetString(segment.Span));
            }

            session.Stdout.AdvanceTo(read.Buffer.End);
            return !read.IsCompleted;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
