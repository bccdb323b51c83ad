using System.Text;

namespace VirtualKubelet.Configuration.Tests;

/// <summary>A file costs no more than its size, whatever is in it.</summary>
public sealed class BoundsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string> Large => new()
    {
        { "open lists", new string('[', NodeConfigurationFile.MaxBytes) },
        { "open sections", string.Concat(Enumerable.Repeat("{a: ", NodeConfigurationFile.MaxBytes / 4)) },
        { "deep indent", Deep() },
        { "one long word", new string('a', NodeConfigurationFile.MaxBytes) },
        { "one long key", new string('a', NodeConfigurationFile.MaxBytes - 3) + ": 1" },
        { "one open quote", "\"" + new string('\n', NodeConfigurationFile.MaxBytes - 1) },
        { "dashes", string.Concat(Enumerable.Repeat("- ", NodeConfigurationFile.MaxBytes / 2)) },
        { "question marks", string.Concat(Enumerable.Repeat("? ", NodeConfigurationFile.MaxBytes / 2)) },
        { "unknown keys", Many(i => $"k{i}: {i}\n") },
        { "equal keys", Many(_ => "kind: x\n") },
        { "documents", Many(_ => "---\na\n") },
        { "empty documents", Many(_ => "---\n") },
        { "anchors", "a: [" + Many(i => $"&a{i} x,") + "]" },
        { "comments", Many(_ => "#\n") },
        { "line ends", new string('\n', NodeConfigurationFile.MaxBytes) },
        { "almost a name", $"apiVersion: {NodeConfiguration.ApiVersion}\nkind: VirtualNode\nmetadata: {{name: {new string('a', 1_000_000)}!}}\n" },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Large))]
    public async Task A_large_file_is_refused_in_time(string what, string text)
    {
        var result = await Task.Run(() => NodeConfigurationFile.Parse(text, what)).WaitAsync(Deadline);

        Assert.NotEmpty(result.Errors);
        Assert.All(result.Errors, e => Assert.InRange(e.Message.Length, 1, 1000));
    }

    [Fact]
    public void An_alias_counts_as_often_as_it_is_used()
    {
        var error = Assert.Single(NodeConfigurationFile.Parse(Bomb(levels: 40), "node.yaml").Errors);

        Assert.Contains("more than 20000 values in one file", error.Message, StringComparison.Ordinal);
    }

    private static string Bomb(int levels)
    {
        var text = new StringBuilder("a0: &a0 x\n");
        for (var i = 1; i < levels; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        return text.ToString();
    }

    private static string Deep() =>
        string.Concat(Enumerable.Range(0, 1400).Select(i => $"{new string(' ', i)}a:\n"));

    private static string Many(Func<int, string> part)
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < NodeConfigurationFile.MaxBytes - 100; i++)
        {
            text.Append(part(i));
        }

        return text.ToString();
    }
}
