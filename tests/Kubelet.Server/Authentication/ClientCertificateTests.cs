using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.Streaming;

namespace VirtualKubelet.Kubelet.Server.Tests.Authentication;

public sealed class ClientCertificateTests : IAsyncLifetime, IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly TestAuthority _authority = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ReviewingServer _api = null!;

    private string CaFile => _directory["client-ca.pem"];

    public async Task InitializeAsync()
    {
        _api = await ReviewingServer.StartAsync();
        File.WriteAllText(CaFile, _authority.Pem);
    }

    public async Task DisposeAsync() => await _api.DisposeAsync();

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A10")]
    public async Task Common_name_and_organizations_are_user_and_groups_and_the_digest_tells_the_credential()
    {
        using var certificate = _authority.Issue("CN=x, O=g2, O=g1");
        await using var kubelet = await StartAsync();

        Assert.Equal(200, await StatusAsync(kubelet, certificate));

        var spec = Assert.Single(_api.AccessSpecs);
        Assert.Equal("x", spec.GetProperty("user").GetString());
        Assert.Equal(["g1", "g2", "system:authenticated"], Texts(spec.GetProperty("groups")));
        var digest = certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant();
        Assert.Equal(["X509SHA256=" + digest], Texts(spec.GetProperty("extra").GetProperty("authentication.kubernetes.io/credential-id")));
        Assert.Equal(0, _api.TokenReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A10")]
    public async Task Organizations_in_one_set_count_each_and_of_several_names_the_last()
    {
        // CN=first; O=a + O=b in one set; CN=last.
        byte[] name =
        [
            0x30, 0x3A,
            0x31, 0x0E, 0x30, 0x0C, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x05, .. "first"u8,
            0x31, 0x14, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x0A, 0x0C, 0x01, .. "a"u8, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x0A, 0x0C, 0x01, .. "b"u8,
            0x31, 0x0D, 0x30, 0x0B, 0x06, 0x03, 0x55, 0x04, 0x03, 0x13, 0x04, .. "last"u8,
        ];
        name[1] = (byte)(name.Length - 2);
        using var certificate = _authority.Issue(new X500DistinguishedName(name));
        await using var kubelet = await StartAsync();

        Assert.Equal(200, await StatusAsync(kubelet, certificate));

        var spec = Assert.Single(_api.AccessSpecs);
        Assert.Equal("last", spec.GetProperty("user").GetString());
        Assert.Equal(["a", "b", "system:authenticated"], Texts(spec.GetProperty("groups")));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A3")]
    [InlineData("of an unknown authority")]
    [InlineData("of another authority of the same name")]
    [InlineData("self-signed")]
    [InlineData("self-signed with the subject of the authority")]
    [InlineData("forged in the name of the authority")]
    [InlineData("expired")]
    [InlineData("not valid yet")]
    [InlineData("for servers")]
    [InlineData("without a common name")]
    [InlineData("with an empty common name")]
    [InlineData("of a client that signs others")]
    public async Task A_bad_certificate_passes_the_handshake_and_is_401(string kind)
    {
        using var stranger = new TestAuthority(kind.Contains("same name", StringComparison.Ordinal) ? "CN=cluster-ca" : "CN=stranger");
        using var certificate = Bad(kind, stranger);
        await using var kubelet = await StartAsync();

        var answer = await GetAsync(kubelet, certificate);

        Assert.Equal((401, "Unauthorized"), (answer.Status, answer.Body));
        Assert.Equal(401, await StatusAsync(kubelet, certificate));
        Assert.Equal(0, _api.AccessReviews);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_certificate_without_usages_is_good_for_clients_as_in_Go()
    {
        using var certificate = _authority.Issue("CN=x", usage: null);
        await using var kubelet = await StartAsync();

        Assert.Equal(200, await StatusAsync(kubelet, certificate));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "A11")]
    public async Task Another_bundle_on_disk_is_in_force_without_a_restart_even_on_an_open_connection()
    {
        using var other = new TestAuthority("CN=next-ca");
        using var before = _authority.Issue("CN=before");
        using var after = other.Issue("CN=after");
        await using var kubelet = await StartAsync();
        using var open = kubelet.Client(authorised: false, certificate: before);
        Assert.Equal(200, await StatusAsync(open));
        Assert.Equal(401, await StatusAsync(kubelet, after));

        File.WriteAllText(CaFile, other.Pem);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(200, await StatusAsync(kubelet, after));
        Assert.Equal(401, await StatusAsync(open));

        File.WriteAllText(CaFile, other.Pem + _authority.Pem);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(200, await StatusAsync(kubelet, after));
        Assert.Equal(200, await StatusAsync(open));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n")]
    public async Task A_bundle_that_becomes_unreadable_leaves_the_last_good_one_in_force_and_says_so_once(string? content)
    {
        using var certificate = _authority.Issue("CN=x");
        using var later = _authority.Issue("CN=y");
        await using var kubelet = await StartAsync();
        Assert.Equal(200, await StatusAsync(kubelet, certificate));

        Replace(content);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(200, await StatusAsync(kubelet, certificate));
        }

        Assert.Equal(200, await StatusAsync(kubelet, later));
        Assert.Single(kubelet.Log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("the last good ones stay in force", StringComparison.Ordinal));
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("garbage")]
    public async Task Without_a_bundle_that_was_ever_good_nobody_passes_until_there_is_one(string? content)
    {
        using var certificate = _authority.Issue("CN=x");
        Replace(content);
        await using var kubelet = await StartAsync();

        Assert.Equal(401, await StatusAsync(kubelet, certificate));
        Assert.Contains(kubelet.Log.Entries, e => e.Level == LogLevel.Error && e.Text.Contains("no client certificate is accepted", StringComparison.Ordinal));

        Replace(_authority.Pem);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(200, await StatusAsync(kubelet, certificate));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_certificate_that_ends_while_its_connection_is_open_ends_there_too()
    {
        using var certificate = _authority.Issue("CN=x", notAfter: DateTimeOffset.UtcNow.AddHours(1));
        await using var kubelet = await StartAsync();
        using var open = kubelet.Client(authorised: false, certificate: certificate);
        Assert.Equal(200, await StatusAsync(open));

        _time.Advance(TimeSpan.FromMinutes(61));

        Assert.Equal(401, await StatusAsync(open));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Intermediates_that_the_client_sends_lead_to_the_authority()
    {
        using var intermediate = new TestAuthority("CN=intermediate", _authority);
        using var certificate = intermediate.Issue("CN=x");
        await using var kubelet = await StartAsync();

        Assert.Equal(401, await StatusAsync(kubelet, certificate));
        for (var i = 0; i < 3; i++)
        {
            // A resumed TLS session would have forgotten the intermediate.
            Assert.Equal(200, (await GetAsync(kubelet, certificate, intermediate.Certificate)).Status);
        }
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_bundle_may_name_an_intermediate_authority_without_its_root()
    {
        using var intermediate = new TestAuthority("CN=intermediate", _authority);
        using var certificate = intermediate.Issue("CN=x");
        using var forged = intermediate.Forge("CN=x");
        using var sibling = _authority.Issue("CN=sibling");
        File.WriteAllText(CaFile, intermediate.Pem);
        await using var kubelet = await StartAsync();

        Assert.Equal(200, await StatusAsync(kubelet, certificate));
        Assert.Equal(401, await StatusAsync(kubelet, forged));
        Assert.Equal(401, await StatusAsync(kubelet, sibling));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task An_expired_authority_vouches_for_nobody()
    {
        using var old = new TestAuthority("CN=old-ca", notAfter: DateTimeOffset.UtcNow.AddDays(-2));
        using var certificate = old.Issue("CN=x");
        File.WriteAllText(CaFile, old.Pem);
        await using var kubelet = await StartAsync();

        Assert.Equal(401, await StatusAsync(kubelet, certificate));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_good_token_makes_up_for_a_bad_certificate_and_the_other_way_round()
    {
        using var bad = TestAuthority.SelfSigned("CN=x");
        using var good = _authority.Issue("CN=x");
        _api.Fake.Tokens["good"] = "of-token";
        await using var kubelet = await StartAsync();

        Assert.Equal(200, (await GetAsync(kubelet, bad, headers: "Authorization: Bearer good\r\n")).Status);
        Assert.Equal(200, (await GetAsync(kubelet, good, headers: "Authorization: Bearer bad\r\n")).Status);
        Assert.Equal(401, (await GetAsync(kubelet, bad, headers: "Authorization: Bearer bad\r\n")).Status);
        Assert.Equal(["of-token", "x"], _api.AccessSpecs.Select(s => s.GetProperty("user").GetString()));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Many_requests_of_one_connection_over_http2_verify_its_certificate_once()
    {
        using var certificate = _authority.Issue("CN=x");
        await using var kubelet = await StartAsync();
        using var client = kubelet.Client(authorised: false, version: HttpVersion.Version20, certificate: certificate);

        for (var i = 0; i < 50; i++)
        {
            using var response = await client.GetAsync("/pods");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(1, _api.AccessReviews);
    }

    private Task<TestKubelet> StartAsync() => TestKubelet.StartAsync(
        time: _time, access: _ => new KubeletAccessOptions { ClientCaFile = CaFile, Reviews = _api.Reviews });

    private X509Certificate2 Bad(string kind, TestAuthority stranger) => kind switch
    {
        "self-signed" => TestAuthority.SelfSigned("CN=x"),
        "self-signed with the subject of the authority" => TestAuthority.SelfSigned("CN=cluster-ca"),
        "forged in the name of the authority" => _authority.Forge("CN=x"),
        "expired" => _authority.Issue("CN=x", notBefore: DateTimeOffset.UtcNow.AddDays(-3), notAfter: DateTimeOffset.UtcNow.AddSeconds(-5)),
        "not valid yet" => _authority.Issue("CN=x", notBefore: DateTimeOffset.UtcNow.AddHours(1)),
        "for servers" => _authority.Issue("CN=x", TestAuthority.ServerAuthentication),
        "without a common name" => _authority.Issue("O=system:masters"),
        "with an empty common name" => _authority.Issue(new X500DistinguishedName([0x30, 0x0B, 0x31, 0x09, 0x30, 0x07, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x00])),
        "of a client that signs others" => IssueByClient(),
        _ => stranger.Issue("CN=x, O=system:masters"),
    };

    private X509Certificate2 IssueByClient()
    {
        using var client = _authority.Issue("CN=client");
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x, O=system:masters", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        var signer = X509SignatureGenerator.CreateForECDsa(client.GetECDsaPrivateKey()!);
        using var signed = request.Create(client.SubjectName, signer, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), [7]);
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private void Replace(string? content)
    {
        File.Delete(CaFile);
        if (content is not null)
        {
            File.WriteAllText(CaFile, content);
        }
    }

    private static async Task<int> StatusAsync(TestKubelet kubelet, X509Certificate2 certificate) => (await GetAsync(kubelet, certificate)).Status;

    private static async Task<int> StatusAsync(HttpClient open)
    {
        using var response = await open.GetAsync("/pods");
        return (int)response.StatusCode;
    }

    private static async Task<RawResponse> GetAsync(
        TestKubelet kubelet, X509Certificate2 certificate, X509Certificate2? intermediate = null, string headers = "")
    {
        await using var stream = await kubelet.ConnectAsync(certificate, intermediate);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /pods HTTP/1.1\r\nHost: kubelet\r\n{headers}Connection: close\r\n\r\n"));
        return await RawResponse.ReadAsync(stream).WaitAsync(Deadline.Long);
    }

    private static IEnumerable<string?> Texts(JsonElement array) => array.EnumerateArray().Select(e => e.GetString());
}
