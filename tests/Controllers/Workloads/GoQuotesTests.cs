using VirtualKubelet.Controllers.Workloads;

namespace VirtualKubelet.Controllers.Tests.Workloads;

public sealed class GoQuotesTests
{
    // What strconv.Quote makes of each, by the cases of its own quote_test.go and a few more.
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("\a\b\f\r\n\t\v", """"
        "\a\b\f\r\n\t\v"
        """")]
    [InlineData("\\", """"
        "\\"
        """")]
    [InlineData("a 'b' \"c\"", """"
        "a 'b' \"c\""
        """")]
    [InlineData("☺", "\"☺\"")]
    [InlineData("e\u0301 £ 日本 😀", "\"e\u0301 £ 日本 😀\"")]
    [InlineData("\u0001\u001b\u007f", """"
        "\x01\x1b\x7f"
        """")]
    [InlineData("\u0085\u00a0\u200b\u2028\ufeff", """"
        "\u0085\u00a0\u200b\u2028\ufeff"
        """")]
    [InlineData("\U000e0001", """"
        "\U000e0001"
        """")]
    public void Text_is_quoted_as_by_go(string text, string expected) => Assert.Equal(expected, GoQuotes.Quote(text));
}
