using System.Diagnostics;
using System.Text;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>Appends lines to a log file in the shim's place.</summary>
internal sealed class LogAppender(string path) : IDisposable
{
    /// <summary>Bytes of a line as a client gets it.</summary>
    public const int LineBytes = 100;

    private static readonly byte[] Line = Encoding.ASCII.GetBytes($"2026-01-01T00:00:00.000000000Z stdout F {new string('x', LineBytes - 1)}\n");

    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>Lines appended so far.</summary>
    public long Lines { get; private set; }

    /// <summary>Bytes of the file that they are.</summary>
    public long FileBytes => Lines * Line.Length;

    /// <summary>Bytes that each client gets of them.</summary>
    public long ContentBytes => Lines * LineBytes;

    /// <summary>Appends lines with one write, as the shim does; returns the time just before it.</summary>
    public long Append(int lines)
    {
        var block = new byte[lines * Line.Length];
        for (var i = 0; i < lines; i++)
        {
            Line.CopyTo(block.AsSpan(i * Line.Length));
        }

        var now = Stopwatch.GetTimestamp();
        _file.Write(block);
        Lines += lines;
        return now;
    }

    public void Dispose() => _file.Dispose();
}
