using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace VirtualKubelet.Logs.Tests.Support;

/// <summary>Generators of log files, well-formed and not, and of selections.</summary>
internal static class LogFiles
{
    private static readonly string[] Times =
    [
        "2026-01-02T03:04:05.000000000Z", "2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:06.999999999Z", "2026-01-02T05:04:05.123456701+02:00",
        "2026-01-01T20:34:05.5-06:30", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.1234567891234Z", "2026-01-02T03:04:05.000000000+00:00", "2024-02-29T23:59:59.100000000Z",
    ];

    private static readonly string[] BadLines =
    [
        "", " ", "2026", "2026-01-02T03:04:05.000000000Z", "2026-01-02T03:04:05.000000000Z stdout", "2026-01-02T03:04:05.000000000Z stdout F", "2026-01-02T03:04:05.000000000Z stdlog F x",
        "2026-02-30T03:04:05.000000000Z stdout F x", "2026-13-02T03:04:05.000000000Z stdout F x", "2026-01-02T24:04:05.000000000Z stdout F x", "2026-01-02T03:04:05.00000000xZ stdout F x",
        "2026-01-02T03:04:05.Z stdout F x", "2026-01-02T03:04:05.0+0200 stdout F x", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "{\"log\":1}", "2025-02-29T23:59:59.1Z stderr P leap",
    ];

    private static readonly DateTimeOffset Moment = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Content lengths around every boundary of a 4 KiB window, and short ones.</summary>
    private static readonly Gen<int> Length = Gen.Frequency(
        (12, Gen.Choose(0, 120)), (2, Gen.Choose(4000, 4140)), (1, Gen.Choose(8100, 13000)));

    private static readonly Gen<string> Record =
        from time in Gen.Elements(Times)
        from stream in Gen.Elements("stdout", "stderr")
        from tags in Gen.Elements("F", "F", "F", "P", "P", "F:x", "P:x:y", "X", "PX", "")
        from length in Length
        from letter in Gen.Elements("a", "b", " ", "\r", "\0", "\xff", "xyz ")
        select $"{time} {stream} {tags} {string.Concat(Enumerable.Repeat(letter, length))[..length]}";

    private static readonly Gen<string> Line = Gen.Frequency((9, Record), (1, Gen.Elements(BadLines)), (1, Length.Select(l => new string('#', l))));

    /// <summary>A file whose first line is a record, with bad lines and perhaps an incomplete last one.</summary>
    public static Gen<byte[]> File =>
        from first in Record
        from count in Gen.Choose(0, 40)
        from lines in Line.ListOf(count)
        from cut in Gen.Choose(0, 60)
        select Cut(string.Concat(lines.Prepend(first).Select(l => l + "\n")), cut);

    public static Gen<LogSelection> Selection =>
        from tail in Gen.Frequency((1, Gen.Constant((long?)null)), (2, Gen.Choose(0, 45).Select(n => (long?)n)))
        from since in Gen.Frequency((2, Gen.Constant((DateTimeOffset?)null)), (1, Gen.Elements(-1L, 0, 1, 1234567, 1234568, 10_000_000, 19_999_999).Select(t => (DateTimeOffset?)Moment.AddTicks(t))))
        from limit in Gen.Frequency((3, Gen.Constant((long?)null)), (1, Gen.Choose(1, 20000).Select(n => (long?)n)), (1, Gen.Choose(1, 100).Select(n => (long?)n)))
        from timestamps in Gen.Elements(true, false)
        from streams in Gen.Elements(LogStreams.All, LogStreams.All, LogStreams.Stdout, LogStreams.Stderr)
        select new LogSelection { TailLines = tail, Since = since, LimitBytes = limit, Timestamps = timestamps, Streams = streams };

    public static Gen<int[]> Pieces => Gen.Frequency((1, Gen.Choose(1, 3)), (3, Gen.Choose(1, 300)), (2, Gen.Choose(300, 6000))).NonEmptyListOf().Select(l => l.ToArray());

    private static byte[] Cut(string text, int cut) => Encoding.Latin1.GetBytes(cut < 40 ? text : text[..Math.Max(1, text.Length - (cut - 39))]);
}
