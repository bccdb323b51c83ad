using System.Globalization;
using System.Text;

namespace VirtualKubelet.Benchmarks.Support;

/// <summary>Log files as the shim writes them.</summary>
internal static class CriLogFile
{
    private const int BlockLines = 8192;

    // Content of 20 to 180 bytes, 100 on average: what programs print.
    private static readonly string Words = string.Concat(Enumerable.Repeat("step 17 of 200: loss 0.3141, 1812 samples/s, eta 02:13:57; ", 4));

    /// <summary>Fills a file with records of a container's output, at least that many bytes of them.</summary>
    /// <returns>Bytes of the file, and bytes that the container would have printed.</returns>
    public static (long FileBytes, long ContentBytes) Fill(string path, long bytes)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        long written = 0, content = 0;
        while (written < bytes)
        {
            var block = Block(time = time.AddMilliseconds(137), out var contentOfBlock);
            file.Write(block);
            written += block.Length;
            content += contentOfBlock;
        }

        return (written, content);
    }

    private static byte[] Block(DateTimeOffset time, out long content)
    {
        var text = new StringBuilder();
        content = 0;
        for (var i = 0; i < BlockLines; i++)
        {
            var line = Words.AsSpan(0, 20 + (i * 61 % 161));
            text.Append(CultureInfo.InvariantCulture, $"{time.AddTicks(i * 160):yyyy-MM-dd'T'HH:mm:ss.fffffff}00Z stdout F {line}\n");
            content += line.Length + 1;
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
