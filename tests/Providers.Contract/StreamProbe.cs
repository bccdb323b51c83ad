using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;

namespace VirtualKubelet.Providers.Contract;

/// <summary>A caller's side of the streams of one exec or attach.</summary>
public sealed class StreamProbe
{
    private readonly Pipe _stdin = new();
    private readonly Pipe _stdout;
    private readonly Pipe _stderr = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly Channel<TerminalSize> _sizes = Channel.CreateUnbounded<TerminalSize>();
    private readonly StringBuilder _seen = new();

    /// <param name="patient">Whether everything printed is held, or the printer is paused until it is read.</param>
    public StreamProbe(bool patient = true) => _stdout = new Pipe(patient ? new PipeOptions(pauseWriterThreshold: 0) : PipeOptions.Default);

    public PipeWriter Stdin => _stdin.Writer;

    public PipeReader Stdout => _stdout.Reader;

    public ContainerStreams Output => new() { Stdout = _stdout.Writer, Stderr = _stderr.Writer };

    public ContainerStreams WithInput => Output with { Stdin = _stdin.Reader };

    public ContainerStreams Terminal => new() { Stdin = _stdin.Reader, Stdout = _stdout.Writer, Resizes = _sizes.Reader };

    public void Resize(ushort width, ushort height) => _sizes.Writer.TryWrite(new TerminalSize(width, height));

    public async Task TypeAsync(string text) => await _stdin.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Everything printed; the call has returned.</summary>
    public async Task<(string Stdout, string Stderr)> TextAsync()
    {
        await _stdout.Writer.CompleteAsync();
        await _stderr.Writer.CompleteAsync();
        return (await ReadAsync(_stdout.Reader), await ReadAsync(_stderr.Reader));
    }

    /// <summary>Waits until stdout holds a text, beyond what an earlier call has seen; returns what came up to its end.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var seen = _seen.ToString();
            if (seen.IndexOf(text, StringComparison.Ordinal) is >= 0 and var at)
            {
                _seen.Remove(0, at + text.Length);
                return seen[..(at + text.Length)];
            }

            try
            {
                var read = await _stdout.Reader.ReadAsync(timeout.Token);
                _seen.Append(Encoding.UTF8.GetString(read.Buffer));
                _stdout.Reader.AdvanceTo(read.Buffer.End);
                Assert.False(read.IsCompleted, $"the output ended with \"{_seen}\"");
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"\"{text}\" did not come, but \"{seen}\"");
            }
        }
    }

    private static async Task<string> ReadAsync(PipeReader reader)
    {
        using var content = new MemoryStream();
        await reader.CopyToAsync(content);
        return Encoding.UTF8.GetString(content.ToArray());
    }
}
