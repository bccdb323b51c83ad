using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Kubelet.Server.Certificates;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Kubelet.Server.Tests.Certificates;

public sealed class TlsTests
{
    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_certificate_replaced_on_disk_is_shown_to_new_connections_without_a_restart()
    {
        using var directory = new TempDirectory();
        var files = ServingCertificate.EnsureSelfSigned(directory["a"], ["n"], TimeProvider.System);
        var other = ServingCertificate.EnsureSelfSigned(directory["b"], ["n"], TimeProvider.System);
        var clock = new VirtualKubelet.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        var source = new FileCertificateSource(files, clock, NullLogger<FileCertificateSource>.Instance);
        await using var kubelet = await TestKubelet.StartAsync(o => o with { Certificate = source });

        await using var before = await kubelet.ConnectAsync();
        File.Copy(other.KeyFile, files.KeyFile, overwrite: true);
        File.Copy(other.CertFile, files.CertFile, overwrite: true);
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var after = await kubelet.ConnectAsync();

        Assert.NotEqual(before.RemoteCertificate!.GetCertHashString(), after.RemoteCertificate!.GetCertHashString());
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Current_versions_of_tls_are_spoken(SslProtocols protocol)
    {
        await using var kubelet = await TestKubelet.StartAsync();

        Assert.Equal(protocol, await NegotiateAsync(kubelet, protocol));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Older_versions_of_tls_are_not_spoken()
    {
        await using var kubelet = await TestKubelet.StartAsync();

#pragma warning disable SYSLIB0039, CA5397 // That they are refused is the point.
        await Assert.ThrowsAnyAsync<Exception>(() => NegotiateAsync(kubelet, SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Both_http_versions_are_served_over_one_port(string version)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        using var client = kubelet.Client(version: Version.Parse(version));

        using var response = await client.GetAsync("/containerLogs/ns/p/c");

        Assert.Equal((HttpStatusCode.OK, Version.Parse(version)), (response.StatusCode, response.Version));
        Assert.Equal("hello\n", await response.Content.ReadAsStringAsync());
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task The_self_signed_certificate_serves_as_its_own_authority_with_names_checked()
    {
        using var directory = new TempDirectory();
        var source = new SelfSignedCertificateSource(
            directory.Path, ["node-1"], TimeProvider.System, NullLogger<SelfSignedCertificateSource>.Instance);
        await using var kubelet = await TestKubelet.StartAsync(o => o with { Certificate = source });
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(source.Files.CertFile);

        foreach (var name in (string[])["node-1", "localhost", "127.0.0.1"])
        {
            using var client = new TcpClient();
            await client.ConnectAsync(kubelet.Server.Endpoint);
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name, CertificateChainPolicy = trust })
                .WaitAsync(Deadline.Short);
            Assert.True(stream.IsAuthenticated);
        }
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Plain_http_gets_no_answer()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(kubelet.Server.Endpoint);
        await client.GetStream().WriteAsync("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());

        var buffer = new byte[256];
        var answer = 0;
        try
        {
            answer = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Deadline.Long);
        }
        catch (IOException)
        {
            // A reset is no answer either.
        }

        Assert.False(buffer.AsSpan(0, answer).StartsWith("HTTP/"u8));
    }

    private static async Task<SslProtocols> NegotiateAsync(TestKubelet kubelet, SslProtocols protocol)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(kubelet.Server.Endpoint);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            EnabledSslProtocols = protocol,
#pragma warning disable CA5359 // Not about trust.
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        }).WaitAsync(Deadline.Short);
        return stream.SslProtocol;
    }
}
