using FsCheck;
using FsCheck.Fluent;
using VirtualKubelet.Controllers.Workloads;

namespace VirtualKubelet.Controllers.Tests.Workloads;

public sealed class VariableExpansionTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["VAR_A"] = "A",
        ["VAR_B"] = "B",
        ["VAR_C"] = "C",
        ["VAR_REF"] = "$(VAR_A)",
        ["VAR_EMPTY"] = "",
        ["A"] = "a",
        ["$"] = "dollar",
        [""] = "nameless",
        ["é"] = "ü",
    };

    // The cases of Kubernetes' own expand_test.go, and a few for what it says nothing about.
    [Theory]
    [InlineData("$(VAR_A)", "A")]
    [InlineData("___$(VAR_B)___", "___B___")]
    [InlineData("$(VAR_REF)", "$(VAR_A)")]
    [InlineData("$(VAR_A)$(VAR_B)", "AB")]
    [InlineData("foo$$bar", "foo$bar")]
    [InlineData("$$(VAR_A)", "$(VAR_A)")]
    [InlineData("$$$(VAR_A)", "$A")]
    [InlineData("$$$$(VAR_A)", "$$(VAR_A)")]
    [InlineData("$$$$$(VAR_A)", "$$A")]
    [InlineData("$(VAR_A)$$(VAR_B)", "A$(VAR_B)")]
    [InlineData("f000-$$VAR_A", "f000-$VAR_A")]
    [InlineData("foo\\$(VAR_C)bar", "foo\\Cbar")]
    [InlineData("foo$(VAR_EMPTY)bar", "foobar")]
    [InlineData("$(VAR_NONE)", "$(VAR_NONE)")]
    [InlineData("$VAR_A", "$VAR_A")]
    [InlineData("$VAR_A$", "$VAR_A$")]
    [InlineData("$$$)", "$$)")]
    [InlineData("$(VAR_A", "$(VAR_A")]
    [InlineData("$(foo$$var", "$(foo$var")]
    [InlineData("$((VAR_A))", "$((VAR_A))")]
    [InlineData("$()", "nameless")]
    [InlineData("$(é)", "ü")]
    [InlineData("$é", "$é")]
    [InlineData("$", "$")]
    [InlineData("", "")]
    [InlineData("\n", "\n")]
    public void Text_expands_as_in_kubernetes(string text, string expected) =>
        Assert.Equal(expected, VariableExpansion.Expand(text, Variables, 1000));

    [Fact]
    public void Any_text_expands_like_the_naive_reference()
    {
        var text = Gen.Elements('$', '(', ')', 'A', '_', 'x', '\n').ListOf().Select(cs => string.Concat(cs));
        Prop.ForAll(text.ToArbitrary(), t => VariableExpansion.Expand(t, Variables, 100_000) == Reference(t))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void Growth_beyond_the_bound_is_refused_before_it_happens() =>
        Assert.Throws<ExpansionTooLongException>(() =>
            VariableExpansion.Expand("$(A)$(A)", new Dictionary<string, string> { ["A"] = new('x', 600) }, 1000));

    // A transliteration of expansion.Expand, byte by byte.
    private static string Reference(string input)
    {
        var output = "";
        var checkpoint = 0;
        for (var cursor = 0; cursor < input.Length; cursor++)
        {
            if (input[cursor] == '$' && cursor + 1 < input.Length)
            {
                output += input[checkpoint..cursor];
                var rest = input[(cursor + 1)..];
                int advance;
                if (rest[0] == '$')
                {
                    (output, advance) = (output + "$", 1);
                }
                else if (rest[0] == '(')
                {
                    var close = rest.IndexOf(')', StringComparison.Ordinal);
                    var name = close < 0 ? null : rest[1..close];
                    (output, advance) = name is null ? (output + "$(", 1) : (output + (Variables.GetValueOrDefault(name) ?? $"$({name})"), close + 1);
                }
                else
                {
                    (output, advance) = (output + "$" + rest[0], 1);
                }

                cursor += advance;
                checkpoint = cursor + 1;
            }
        }

        return output + input[checkpoint..];
    }
}
