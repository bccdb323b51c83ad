using System.Buffers;
using System.Text;

namespace VirtualKubelet.Providers.Slurm.Channels;

/// <summary>The last words of a process: reads its stderr to the end and keeps the newest few kilobytes of that, and of what it is told besides.</summary>
internal sealed class ErrorTail
{
    private const int Kept = 4096;
    private readonly Lock _gate = new();
    private readonly byte[] _tail = new byte[Kept];
    private int _length;

    /// <summary>Begins to read.</summary>
    public ErrorTail(Stream stream) => Completed = ReadAsync(stream);

    /// <summary>Completes at the end of the stream.</summary>
    public Task Completed { get; }

    /// <summary>What was said, on one line; empty when nothing was.</summary>
    public string Words
    {
        get
        {
            lock (_gate)
            {
                return string.Join("; ", Encoding.UTF8.GetString(_tail, 0, _length)
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            }
        }
    }

    /// <summary>Adds words that came another way.</summary>
    public void Append(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            Append(segment.Span[Math.Max(0, segment.Length - Kept)..]);
        }
    }

    private async Task ReadAsync(Stream stream)
    {
        var buffer = new byte[1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0)
            {
                Append(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process is gone; what it said before stands.
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var kept = Math.Min(_length, Kept - bytes.Length);
            _tail.AsSpan(_length - kept, kept).CopyTo(_tail);
            bytes.CopyTo(_tail.AsSpan(kept));
            _length = kept + bytes.Length;
        }
    }
}
