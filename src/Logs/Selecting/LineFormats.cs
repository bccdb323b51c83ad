using VirtualKubelet.Logs.Cri;
using VirtualKubelet.Logs.Docker;

namespace VirtualKubelet.Logs.Selecting;

/// <summary>Recognises the format of a first line.</summary>
internal static class LineFormats
{
    /// <summary>Throws <see cref="UnsupportedLogFormatException"/> for a line of neither format.</summary>
    public static LineFormat Recognise(ReadOnlySpan<byte> line)
    {
        if (CriHeader.TryParse(line, out _))
        {
            return LineFormat.Cri;
        }

        return DockerJsonLine.TryParse(line, out _) ? LineFormat.DockerJson : throw new UnsupportedLogFormatException(line);
    }
}
