using VirtualKubelet.Kubelet.Server.Routing;

namespace VirtualKubelet.Kubelet.Server.Tests.Routing;

public sealed class RequestQueryTests
{
    [Theory]
    [InlineData("?a=1&a=2", "1")]
    [InlineData("?A=1", null)]
    [InlineData("?a", "")]
    [InlineData("?a=", "")]
    [InlineData("?a=b+c%2Bd%20e", "b c+d e")]
    [InlineData("?a=%zz&a=2", "2")]
    [InlineData("?a=1;b&a=2", "2")]
    [InlineData("?a=x=y", "x=y")]
    [InlineData("?%61=1", "1")]
    [InlineData("?a=%C3%BC", "ü")]
    [InlineData("?a=ü+1", "ü 1")]
    [InlineData("?a=%4", null)]
    [InlineData("", null)]
    public void A_key_gives_its_first_well_formed_value(string query, string? value) =>
        Assert.Equal(value, RequestQuery.Parse(query).First("a"));
}
