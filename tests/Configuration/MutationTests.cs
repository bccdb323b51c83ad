using FsCheck;
using FsCheck.Fluent;

namespace VirtualKubelet.Configuration.Tests;

/// <summary>Good files with random damage.</summary>
public sealed class MutationTests
{
    private static readonly string[] Originals =
        [.. Directory.EnumerateFiles(RepositoryFiles.Samples("good"), "node.yaml", SearchOption.AllDirectories).Select(File.ReadAllText), File.ReadAllText(RepositoryFiles.Reference)];

    private static readonly string[] Pieces =
    [
        "\n", " ", "  ", "\t", ":", ": ", "-", "- ", "#", "\"", "'", "[", "]", "{", "}", ",", "&a ", "*a", "!", "!!int ", "|\n", ">\n", "---\n", "...\n", "%YAML 1.1\n", "? ", "<<: ",
        "~", "null", "true", "0x10", "1e3", ".nan", "\0", "\r", "\u0085", "\u2028", "\uFEFF", "\ud800", "é", "𝄞", "\\", "\"\\u0000\"", "9999999999999999999999", "-1", "1Gi", "2s", "/", "..",
    ];

    private static readonly Gen<Mutation> Mutations =
        from position in Gen.Choose(0, 1_000_000)
        from length in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(1, 5)), (1, Gen.Choose(5, 200)))
        from piece in Gen.Elements(Pieces)
        select new Mutation(position, length, piece);

    private static readonly Gen<string> Damaged =
        from original in Gen.Elements(Originals)
        from mutations in Gen.ListOf(Mutations, 4)
        select mutations.Aggregate(original, (text, mutation) => mutation.Apply(text));

    [Fact(Timeout = 120_000)]
    public async Task A_damaged_file_is_read_or_refused_with_errors_inside_the_file() => await ForAll(5_000, text =>
    {
        var result = NodeConfigurationFile.Parse(text, "node.yaml");
        var lines = text.Split('\n', '\r', '\u0085', '\u2028', '\u2029');

        Assert.Equal(result.Errors.Count == 0, result.Nodes.Count > 0);
        Assert.All(result.Errors, e =>
        {
            Assert.InRange(e.Line, 1, lines.Length);
            Assert.InRange(e.Column, 1, text.Length + 1);
            Assert.DoesNotContain('\n', e.ToString());
        });
    });

    [Fact(Timeout = 120_000)]
    public async Task What_the_reader_takes_the_schema_takes_too() => await ForAll(2_000, text =>
    {
        if (NodeConfigurationFile.Parse(text, "node.yaml").Errors.Count == 0)
        {
            Assert.Empty(SchemaCheck.Errors(text));
        }
    });

    private static Task ForAll(int count, Action<string> check) => Task.Run(() =>
        Prop.ForAll(Damaged.ToArbitrary(), check).Check(Config.QuickThrowOnFailure.WithMaxTest(count)));

    private sealed record Mutation(int Position, int Length, string Piece)
    {
        /// <summary>Replaces a stretch of the text by the piece.</summary>
        public string Apply(string text)
        {
            var start = Position % (text.Length + 1);
            return string.Concat(text.AsSpan(0, start), Piece, text.AsSpan(Math.Min(text.Length, start + Length)));
        }
    }
}
