using System.Net;
using System.Net.Sockets;
using VirtualKubelet.Kubelet.Server.Tests.Support;

namespace VirtualKubelet.Kubelet.Server.Tests.Hosting;

public sealed class ServerTests
{
    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Port_zero_takes_a_free_port_and_tells_which()
    {
        await using var one = await TestKubelet.StartAsync();
        await using var two = await TestKubelet.StartAsync();

        Assert.NotEqual(0, one.Server.Endpoint.Port);
        Assert.NotEqual(one.Server.Endpoint, two.Server.Endpoint);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_port_in_use_is_an_error_that_names_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<IOException>(() => TestKubelet.StartAsync(o => o with { Port = port }));

        Assert.Contains($"127.0.0.1:{port}", error.Message);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task An_idle_connection_beyond_the_bound_is_closed()
    {
        await using var kubelet = await TestKubelet.StartAsync(o => o with { MaxConnections = 1 });
        await using var first = await kubelet.ConnectAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => kubelet.ConnectAsync());
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clients_are_asked_for_a_certificate_only_where_somebody_looks_at_it(bool asks)
    {
        await using var kubelet = await TestKubelet.StartAsync(o => o with { AsksForCertificates = asks });
        using var certificate = TestAuthority.SelfSigned("CN=somebody");

        await using var connection = await kubelet.ConnectAsync(certificate);

        Assert.Equal(asks, connection.IsMutuallyAuthenticated);
    }
}
