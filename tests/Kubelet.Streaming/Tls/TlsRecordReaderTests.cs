using System.IO.Pipelines;
using VirtualKubelet.Kubelet.Streaming.Tls;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Tls;

public class TlsRecordReaderTests
{
    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task Records_come_one_at_a_time_and_a_whole_one_that_waits_is_told()
    {
        var pipe = new Pipe();
        var reader = new TlsRecordReader(pipe.Reader);
        byte[] first = Record(100), second = Record(2000);
        await pipe.Writer.WriteAsync((byte[])[.. first, .. second, .. Record(300)[..200]], Deadline.Token());

        Assert.Equal(first, await TakeAsync(reader));
        Assert.Equal(second.Length, reader.Ahead);
        Assert.Equal(second, await TakeAsync(reader));
        Assert.Equal(0, reader.Ahead);
        Assert.Equal(200, (await TakeAsync(reader)).Length);
        Assert.Equal(0, reader.Ahead);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_record_that_is_taken_in_parts_keeps_its_end()
    {
        var pipe = new Pipe();
        var reader = new TlsRecordReader(pipe.Reader);
        await pipe.Writer.WriteAsync((byte[])[.. Record(100), .. Record(50)], Deadline.Token());

        Assert.Equal(5, (await TakeAsync(reader, 5)).Length);
        Assert.Equal(0, reader.Ahead);
        Assert.Equal(60, (await TakeAsync(reader, 60)).Length);
        Assert.Equal(40, (await TakeAsync(reader)).Length);
        Assert.Equal(55, reader.Ahead);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task A_header_is_waited_for_and_half_a_one_at_the_end_is_handed_on()
    {
        var pipe = new Pipe();
        var reader = new TlsRecordReader(pipe.Reader);
        await pipe.Writer.WriteAsync(new byte[4], Deadline.Token());
        var reading = TakeAsync(reader);
        Assert.False(reading.IsCompleted);
        await pipe.Writer.WriteAsync(new byte[1], Deadline.Token());
        Assert.Equal(5, (await reading).Length);

        await pipe.Writer.WriteAsync(new byte[3], Deadline.Token());
        await pipe.Writer.CompleteAsync();
        Assert.Equal(3, (await TakeAsync(reader)).Length);
        Assert.True((await reader.ReadAsync(Deadline.Token())).IsCompleted);
    }

    [Fact(Timeout = Deadline.Milliseconds)]
    public async Task Whatever_arrives_in_whatever_pieces_passes_unchanged()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var bytes = new byte[random.Next(1, 200_000)];
            random.NextBytes(bytes);
            var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
            var writing = WritePiecesAsync(pipe.Writer, bytes, random.Next());
            var reader = new TlsRecordReader(pipe.Reader);
            var passed = new MemoryStream();
            while (await TakeAsync(reader, random.Next(1, 40_000)) is { Length: > 0 } piece)
            {
                passed.Write(piece);
            }

            await writing;
            Assert.True(passed.ToArray().AsSpan().SequenceEqual(bytes), $"round {round}");
        }
    }

    private static async Task WritePiecesAsync(PipeWriter writer, byte[] bytes, int seed)
    {
        var random = new Random(seed);
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(random.Next(1, 20_000), bytes.Length - at);
            await writer.WriteAsync(bytes.AsMemory(at, count), Deadline.Token());
            at += count;
            await Task.Yield();
        }

        await writer.CompleteAsync();
    }

    private static byte[] Record(int length) => [23, 3, 3, (byte)(length >> 8), (byte)length, .. Enumerable.Range(0, length).Select(i => (byte)i)];

    private static async Task<byte[]> TakeAsync(TlsRecordReader reader, int limit = int.MaxValue)
    {
        var read = await reader.ReadAsync(Deadline.Token());
        var taken = read.Buffer.Slice(0, Math.Min(limit, read.Buffer.Length));
        var bytes = System.Buffers.BuffersExtensions.ToArray(taken);
        reader.AdvanceTo(taken.End);
        return bytes;
    }
}
