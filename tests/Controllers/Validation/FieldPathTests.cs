using FsCheck;
using FsCheck.Fluent;
using VirtualKubelet.Controllers.Validation;

namespace VirtualKubelet.Controllers.Tests.Validation;

public sealed class FieldPathTests
{
    [Theory]
    [InlineData("$.spec.containers[0].name", "spec|containers|0|name")]
    [InlineData("metadata.labels['app.kubernetes.io/name']", "metadata|labels|app.kubernetes.io/name")]
    [InlineData("$", "")]
    [InlineData("$.a['b'][3].c", "a|b|3|c")]
    public void A_path_splits_into_its_segments(string path, string expected) =>
        Assert.Equal(expected, string.Join('|', FieldPath.Split(path)));

    [Fact]
    public void Any_text_splits_without_an_error() =>
        Prop.ForAll(Gen.Elements('.', '[', ']', '\'', 'a', '$').ListOf().Select(cs => string.Concat(cs)).ToArbitrary(), text => FieldPath.Split(text).Sum(s => s.Length) <= text.Length)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Keys_that_a_terminal_would_act_on_are_shown_harmless() =>
        Assert.Equal("labels['a\\u001b[31m\\u000ab']", new FieldPath("labels").Key("a\u001b[31m\nb").Text);
}
