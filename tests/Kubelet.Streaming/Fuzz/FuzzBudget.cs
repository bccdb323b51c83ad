using System.Globalization;

namespace VirtualKubelet.Kubelet.Streaming.Tests.Fuzz;

/// <summary>How many inputs a fuzz test tries: <c>VK_FUZZ_COUNT</c>, or few.</summary>
internal static class FuzzBudget
{
    public const int Milliseconds = 24 * 60 * 60 * 1000;

    private const int Default = 2000;

    /// <param name="share">This test's part of the whole: dear ones take fewer.</param>
    public static int Count(double share) =>
        (int)(share * (int.TryParse(Environment.GetEnvironmentVariable("VK_FUZZ_COUNT"), CultureInfo.InvariantCulture, out var count) ? count : Default));

    /// <summary>Another seed each time, except that <c>VK_FUZZ_SEED</c> repeats one; it is part of every failure's message.</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("VK_FUZZ_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();
}
