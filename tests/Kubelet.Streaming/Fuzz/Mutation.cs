namespace VirtualKubelet.Kubelet.Streaming.Tests.Fuzz;

/// <summary>Breaks valid input in the ways that find faults: flipped bits, lying lengths, cuts, repetitions, noise.</summary>
internal static class Mutation
{
    private static readonly byte[] s_edges = [0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF];

    public static byte[] Apply(Random random, byte[] valid)
    {
        var bytes = valid.ToList();
        for (var i = random.Next(6); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = s_edges[random.Next(s_edges.Length)];
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 33), bytes.Count - at)));
                    break;
                case 4:
                    bytes.InsertRange(at, Noise(random, random.Next(1, 9)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    public static byte[] Noise(Random random, int length)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }
}
