using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Kubernetes.Tests.Client;

/// <summary>The parser of watches, however the network cuts the bytes, and whatever they are. Seeds are part of a failure's message.</summary>
public sealed class WatchLineProperties
{
    private const int MaxBytes = 4096;
    private static readonly ApiRequest Request = new(HttpMethod.Get, "watch", "pods", "api/v1/pods", true);

    [Fact]
    public void Events_are_the_same_however_the_bytes_are_cut()
    {
        var property = Prop.ForAll(
            Gen.Choose(0, 30).SelectMany(count => Gen.Choose(1, 200).SelectMany(piece => Gen.Choose(0, int.MaxValue).Select(seed => (count, piece, seed)))).ToArbitrary(),
            given =>
            {
                var random = new Random(given.seed);
                var expected = Enumerable.Range(0, given.count).Select(i => (Name: $"pod-é-{i}", Version: i.ToString(CultureInfo.InvariantCulture))).ToArray();
                var text = string.Concat(expected.Select(e => Line(random, e.Name, e.Version)));
                var told = ReadAll(Encoding.UTF8.GetBytes(text), given.piece);
                return told.Select(e => (e.Object.Metadata.Name!, e.ResourceVersion)).SequenceEqual(expected);
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    [Fact]
    public void Whatever_is_cut_off_is_an_error()
    {
        var line = Encoding.UTF8.GetBytes(Line(new Random(1), "web", "5"));
        for (var length = 1; length <= Array.IndexOf(line, (byte)'\n'); length++)
        {
            Assert.Throws<InvalidDataException>(() => ReadAll(line[..length], 7));
        }

        Assert.Single(ReadAll(line, 7));
    }

    [Fact]
    public void Broken_bytes_end_in_an_error_of_a_known_kind_or_in_events_with_versions()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var good = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3).Select(i => Line(random, "web", i.ToString(CultureInfo.InvariantCulture)))));
        for (var round = 0; round < 3000; round++)
        {
            var bytes = Mutate(random, good);
            try
            {
                Assert.All(ReadAll(bytes, random.Next(1, 300)), e => Assert.NotEmpty(e.ResourceVersion));
            }
            catch (Exception e) when (e is InvalidDataException or JsonException or ApiException)
            {
                // What the client takes for a broken watch.
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {Encoding.UTF8.GetString(bytes)}", e);
            }
        }
    }

    [Fact]
    public void A_line_may_be_as_long_as_the_bound_and_no_longer()
    {
        var head = """{"type":"ADDED","object":{"metadata":{"resourceVersion":"5"},"x":" """;
        byte[] Of(int length) => Encoding.UTF8.GetBytes(head + new string('x', length - head.Length - 3) + "\"}}\n");
        Assert.Single(ReadAll(Of(MaxBytes), 100));
        Assert.Throws<InvalidDataException>(() => ReadAll(Of(MaxBytes + 1), 100));
        Assert.Throws<InvalidDataException>(() => ReadAll(new byte[1_000_000], 100));
    }

    private static string Line(Random random, string name, string version)
    {
        var type = (string[])["ADDED", "MODIFIED", "DELETED", "BOOKMARK"];
        var content = $"{{\"metadata\":{{\"name\":\"{name}\",\"resourceVersion\":\"{version}\"}},\"spec\":{{\"type\":\"x\",\"object\":{{}}}}}}";
        var (first, second) = ($"\"type\":\"{type[random.Next(4)]}\"", $"\"object\":{content}");
        var more = random.Next(2) == 0 ? "" : ",\"more\":[{}]";
        return (random.Next(2) == 0 ? $"{{{first},{second}{more}}}" : $"{{{second}{more},{first}}}") + (random.Next(2) == 0 ? "\n" : " \r\n\n");
    }

    private static byte[] Mutate(Random random, byte[] good)
    {
        var bytes = good.ToList();
        for (var i = random.Next(1, 6); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, "{}[]\",:\n\0\\"u8.ToArray().Take(random.Next(10)));
                    break;
                default:
                    bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(60)).ToArray());
                    break;
            }
        }

        return [.. bytes];
    }

    private static List<WatchEvent<Pod>> ReadAll(byte[] bytes, int piece)
    {
        // Segments of exactly the given size: an event, and even one token, lies across several of them.
        var lines = new WatchLines(new PiecewiseReader(bytes, piece), MaxBytes);
        var told = new List<WatchEvent<Pod>>();
        while (true)
        {
            // Nothing here ever waits.
            var next = lines.ReadAsync(CancellationToken.None).AsTask();
            Assert.True(next.IsCompleted);
            if (next.GetAwaiter().GetResult() is not { } line)
            {
                return told;
            }

            told.Add(WatchLine.Parse(line, KubernetesJson.Api.Pod, Request));
        }
    }

    private sealed class PiecewiseReader(byte[] bytes, int piece) : PipeReader
    {
        private readonly List<byte[]> _pieces = [.. bytes.Chunk(piece)];
        private ReadOnlySequence<byte> _buffer;
        private int _given;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            if (_given < _pieces.Count)
            {
                _buffer = Join(_buffer, _pieces[_given++]);
            }

            return new ValueTask<ReadResult>(new ReadResult(_buffer, false, _given == _pieces.Count));
        }

        public override void AdvanceTo(SequencePosition consumed) => _buffer = _buffer.Slice(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => AdvanceTo(consumed);

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();

        public override void CancelPendingRead() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null)
        {
        }

        private static ReadOnlySequence<byte> Join(ReadOnlySequence<byte> head, byte[] tail)
        {
            Segment? first = null, last = null;
            foreach (var memory in head)
            {
                last = last?.Append(memory) ?? (first = new Segment(memory, 0));
            }

            last = last?.Append(tail) ?? (first = new Segment(tail, 0));
            return new ReadOnlySequence<byte>(first!, 0, last, last.Memory.Length);
        }

        private sealed class Segment : ReadOnlySequenceSegment<byte>
        {
            public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

            public Segment Append(ReadOnlyMemory<byte> memory)
            {
                var next = new Segment(memory, RunningIndex + Memory.Length);
                Next = next;
                return next;
            }
        }
    }
}
