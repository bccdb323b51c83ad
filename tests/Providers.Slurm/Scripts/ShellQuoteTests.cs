using FsCheck;
using FsCheck.Fluent;
using VirtualKubelet.Providers.Slurm.Scripts;
using VirtualKubelet.Providers.Slurm.Tests.Support;

namespace VirtualKubelet.Providers.Slurm.Tests.Scripts;

public sealed class ShellQuoteTests
{
    [Fact]
    public void Whatever_the_words_bash_reads_back_exactly_them()
    {
        Prop.ForAll(Hostile.Text.ArrayOf().ToArbitrary(), words =>
        {
            words = [.. words.Select(w => w.Replace("\0", "", StringComparison.Ordinal))];
            var script = "printf '%s\\0' x " + string.Join(' ', words.Select(ShellQuote.Word));
            Assert.Equal(["x", .. words], Bash.Run("-c", script).Split('\0')[..^1]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Fact]
    public void A_NUL_is_refused() => Assert.Throws<ArgumentException>(() => ShellQuote.Word("a\0b"));
}
