using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using VirtualKubelet.Kubelet.Server.Authentication;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Authentication;

public sealed class TokenTests
{
    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("Bearer {0}", 200)]
    [InlineData("bearer {0}", 200)]
    [InlineData("BEARER {0} ", 200)]
    [InlineData("Bearer {0} trailing", 200)]
    [InlineData("Bearer  {0}", 401)]
    [InlineData("Basic {0}", 401)]
    [InlineData("{0}", 401)]
    [InlineData("Bearer", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("Bearer {0}x", 401)]
    public async Task The_authorization_header_is_read_as_the_api_server_reads_it(string header, int status)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var line = "Authorization: " + string.Format(null, CompositeFormat.Parse(header), kubelet.Token) + "\r\n";

        Assert.Equal(status, (await kubelet.SendRawAsync("GET /pods", line, authorised: false)).Status);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_rotated_token_is_valid_at_once_and_the_old_one_void()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        using var old = kubelet.Client();
        Assert.Equal(HttpStatusCode.OK, (await old.GetAsync("/pods")).StatusCode);

        await File.WriteAllTextAsync(kubelet.TokenPath, "another\n");

        Assert.Equal(HttpStatusCode.Unauthorized, (await old.GetAsync("/pods")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await kubelet.Client().GetAsync("/pods")).StatusCode);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  \n")]
    public async Task A_missing_or_empty_token_file_lets_nobody_in(string? content)
    {
        await using var kubelet = await TestKubelet.StartAsync();
        var token = kubelet.Token;
        File.Delete(kubelet.TokenPath);
        if (content is not null)
        {
            await File.WriteAllTextAsync(kubelet.TokenPath, content);
        }

        foreach (var header in (string[])["", "Authorization: Bearer \r\n", $"Authorization: Bearer {token}\r\n"])
        {
            Assert.Equal(401, (await kubelet.SendRawAsync("GET /pods", header, authorised: false)).Status);
        }
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A3")]
    public async Task A_client_certificate_of_an_unknown_authority_passes_the_handshake_and_is_401()
    {
        await using var kubelet = await TestKubelet.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=stranger", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        await using var stream = await kubelet.ConnectAsync(certificate);
        await stream.WriteAsync("GET /pods HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());

        Assert.Equal(401, (await RawResponse.ReadAsync(stream)).Status);
    }

    [Fact]
    public void A_new_token_is_32_random_bytes_that_only_the_owner_can_read()
    {
        using var directory = new TempDirectory();
        var path = directory["sub/token"];

        Assert.True(TokenFile.EnsureExists(path));
        var token = File.ReadAllText(path);

        Assert.Equal(43, token.TrimEnd('\n').Length);
        Assert.DoesNotContain(token, c => c is '+' or '/' or '=');
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.False(TokenFile.EnsureExists(path));
        Assert.Equal(token, File.ReadAllText(path));
    }

    [Fact]
    public void Of_many_that_make_a_token_at_once_one_wins()
    {
        using var directory = new TempDirectory();
        for (var round = 0; round < 100; round++)
        {
            var path = directory[$"{round}/token"];
            var made = 0;

            Parallel.For(0, 32, _ => Interlocked.Add(ref made, TokenFile.EnsureExists(path) ? 1 : 0));

            Assert.Equal(1, made);
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        }
    }
}
