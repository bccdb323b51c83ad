using System.Text;

namespace VirtualKubelet.EndToEnd.Support;

/// <summary>What a terminal shows, waited for word by word.</summary>
internal sealed class TerminalText(StreamReader output)
{
    private readonly StringBuilder _text = new();
    private int _seen;

    /// <summary>Waits for words after those waited for before.</summary>
    public async Task WaitForAsync(string words)
    {
        using var patience = new CancellationTokenSource(Poll.Patience);
        var buffer = new char[1024];
        int at;
        while ((at = _text.ToString().IndexOf(words, _seen, StringComparison.Ordinal)) < 0)
        {
            var count = await output.ReadAsync(buffer, patience.Token);
            Assert.True(count > 0, $"\"{words}\" did not come: {_text}");
            _text.Append(buffer, 0, count);
        }

        _seen = at + words.Length;
    }
}
