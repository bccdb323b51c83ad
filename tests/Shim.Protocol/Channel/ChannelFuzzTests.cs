using System.Buffers;
using System.Globalization;
using VirtualKubelet.Shim.Protocol.Channel;

namespace VirtualKubelet.Shim.Protocol.Tests.Channel;

/// <summary>
/// Hostile bytes: nothing but the protocol's own exception comes of them, whole frames do not depend on how the bytes arrive, and no lane holds more than its window.
/// <c>VK_FUZZ_INPUTS</c> says how many inputs (100,000 unless given), <c>VK_FUZZ_SEED</c> which.
/// </summary>
public sealed class ChannelFuzzTests
{
    private static readonly int Inputs = Number("VK_FUZZ_INPUTS", 100_000);
    private static readonly int Seed = Number("VK_FUZZ_SEED", Environment.TickCount);

    [Fact]
    public void Frames_are_the_same_however_the_bytes_are_cut()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Inputs; i++)
        {
            var bytes = Mutate(random, Stream(random));
            Assert.True(Parse(new(bytes)) == Parse(Frames.Cut(bytes, random.Next(bytes.Length + 1), random.Next(bytes.Length + 1))), $"seed {Seed}, input {i}: {Convert.ToHexString(bytes)}");
        }
    }

    [Fact(Timeout = 3_600_000)]
    public async Task A_connection_survives_or_refuses_whatever_comes()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Inputs / 10; i++)
        {
            var bytes = Mutate(random, [.. Frames.Begin(), .. Stream(random), .. "slurmstepd: error"u8, .. Stream(random)]);
            var connection = new ChannelConnection(
                new MemoryStream(bytes), System.IO.Stream.Null, ChannelPair.Greeting("shim"), Serve, interjections: i % 2 == 0 ? Pass : null);
            var error = await Record.ExceptionAsync(() => connection.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));
            Assert.True(error is null or ChannelProtocolException, $"seed {Seed}, input {i}: {error} of {Convert.ToHexString(bytes)}");
        }
    }

    /// <summary>Hears text between frames and forgets it.</summary>
    private static void Pass(ReadOnlySequence<byte> text)
    {
    }

    /// <summary>Answers some sessions at once and leaves others be.</summary>
    private static void Serve(AcceptedSession session)
    {
        if (session.Id % 3 == 0)
        {
            session.Close(ClosedMessage.Exited(0));
        }
        else if (session.Id % 3 == 1)
        {
            session.Stdin.Reader.Complete();
        }
    }

    private static string Parse(ReadOnlySequence<byte> buffer)
    {
        var found = "";
        try
        {
            while (FrameParser.TryRead(ref buffer, out var frame))
            {
                found += $"{frame.Header} {frame.Payload.Length};";
            }

            return found + buffer.Length;
        }
        catch (ChannelProtocolException e)
        {
            return found + e.Message;
        }
    }

    private static byte[] Stream(Random random)
    {
        var frames = new List<byte>();
        for (var i = random.Next(6); i >= 0; i--)
        {
            var type = (FrameType)random.Next(1, 13);
            var session = type is FrameType.Greeting or FrameType.Switch ? 0u : (uint)random.Next(1, 5);
            frames.AddRange(Frames.Of(type, session, Payload(random, type), type is FrameType.Data or FrameType.End or FrameType.Credit ? (Lane)random.Next(3) : Lane.Stdin));
        }

        return [.. frames];
    }

    private static byte[] Payload(Random random, FrameType type) => type switch
    {
        FrameType.Data => new byte[random.Next(1, 200)],
        FrameType.Credit or FrameType.Resize => [0, 0, (byte)random.Next(256), (byte)random.Next(256)],
        FrameType.Greeting => "{\"version\":1,\"program\":\"x\"}"u8.ToArray(),
        FrameType.Exec => "{\"container\":\"main\",\"command\":[\"a\",\"b\"],\"tty\":true}"u8.ToArray(),
        FrameType.Attach => "{\"container\":\"main\",\"stdin\":true}"u8.ToArray(),
        FrameType.Connect => "{\"port\":80}"u8.ToArray(),
        FrameType.Closed => "{\"exitCode\":3}"u8.ToArray(),
        _ => [],
    };

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        for (var i = random.Next(4); i > 0 && bytes.Length > 0; i--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes = bytes[..at];
                    break;
                default:
                    bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]];
                    break;
            }
        }

        return bytes;
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
