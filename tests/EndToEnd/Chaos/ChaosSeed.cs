using System.Globalization;

namespace VirtualKubelet.EndToEnd.Chaos;

/// <summary>Where the chance of a run comes from: <c>VK_CHAOS_SEED</c> repeats one, as far as the moments of other processes can be repeated.</summary>
internal static class ChaosSeed
{
    public static int Chosen { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("VK_CHAOS_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();
}
