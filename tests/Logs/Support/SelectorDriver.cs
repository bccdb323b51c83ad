using System.IO.Pipelines;
using VirtualKubelet.Logs.Selecting;

namespace VirtualKubelet.Logs.Tests.Support;

/// <summary>Drives a selector as a reader with a window of bounded size does.</summary>
internal static class SelectorDriver
{
    /// <summary>What comes out when the file arrives in pieces of these sizes, again and again.</summary>
    public static byte[] InPieces(byte[] file, LogSelection selection, int[] pieces, int windowBytes)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        var selector = new RecordSelector(selection, maxRecords: null);
        var (start, known, piece) = (0, 0, 0);
        while (!selector.IsDone)
        {
            var window = file.AsSpan(start, Math.Min(known - start, windowBytes));
            var atEnd = start + window.Length == file.Length;
            var end = atEnd ? WindowEnd.Final : window.Length == windowBytes ? WindowEnd.Full : WindowEnd.More;
            var cursor = new OutputCursor(pipe.Writer, OutputCursor.BlockFor(window.Length));
            start += selector.Process(window, end, ref cursor);
            cursor.Complete();
            if (atEnd)
            {
                break;
            }

            known = Math.Min(file.Length, known + pieces[piece++ % pieces.Length]);
        }

        return Drain(pipe);
    }

    private static byte[] Drain(Pipe pipe)
    {
        pipe.Writer.Complete();
        _ = pipe.Reader.TryRead(out var result);
        return System.Buffers.BuffersExtensions.ToArray(result.Buffer);
    }
}
