using System.Formats.Asn1;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using VirtualKubelet.Kubelet.Server.Certificates.CertificateRequests;
using VirtualKubelet.Kubelet.Server.Tests.Support;
using VirtualKubelet.Testing;
using VirtualKubelet.Testing.ApiServer;
using VirtualKubelet.Testing.ApiServer.Storage;

namespace VirtualKubelet.Kubelet.Server.Tests.Certificates;

public sealed class RequestedCertificateTests : IAsyncLifetime, IDisposable
{
    private static readonly ResourceType Type = ResourceTypes.CertificateSigningRequests;

    private readonly TempDirectory _directory = new();
    private readonly TestAuthority _authority = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly LogRecorder _log = new();
    private readonly List<RequestedCertificateSource> _sources = [];
    private ReviewingServer _api = null!;

    private string CertificateFile => _directory["tls/serving.pem"];

    public async Task InitializeAsync() => _api = await ReviewingServer.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var source in _sources)
        {
            await source.StopAsync(CancellationToken.None).WaitAsync(Deadline.Long);
            source.Dispose();
        }

        await _api.DisposeAsync();
    }

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
        _log.Dispose();
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "N6")]
    public async Task The_request_is_what_the_signer_wants()
    {
        await StartAsync();
        var request = await NextRequestAsync(1);

        Assert.StartsWith("csr-", request.Text("metadata.name"), StringComparison.Ordinal);
        Assert.Equal("kubernetes.io/kubelet-serving", request.Text("spec.signerName"));
        Assert.Equal("""["digital signature","key encipherment","server auth"]""", request.Text("spec.usages"));
        Assert.Null(request.Text("spec.expirationSeconds"));
        var asked = CertificateRequest.LoadSigningRequestPem(
            Pem(request), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        Assert.Equal([["system:nodes"], ["system:node:node-1"]], Subject(asked.SubjectName));
        Assert.Equal("1.2.840.10045.3.1.7", asked.PublicKey.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value);
        var names = new X509SubjectAlternativeNameExtension(Assert.Single(asked.CertificateExtensions).RawData);
        Assert.Equal([IPAddress.Parse("10.0.0.7"), IPAddress.Loopback], names.EnumerateIPAddresses());
        Assert.Equal(["node-1"], names.EnumerateDnsNames());
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "N6")]
    public async Task Until_it_is_issued_handshakes_fail_and_then_they_succeed_without_a_restart()
    {
        var source = await StartAsync();
        await using var kubelet = await TestKubelet.StartAsync(o => o with { Certificate = source });
        await Assert.ThrowsAnyAsync<Exception>(() => kubelet.ConnectAsync());
        Assert.Contains(_log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("every connection to the kubelet port fails", StringComparison.Ordinal));
        Assert.Contains(_log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("kubectl certificate approve csr-", StringComparison.Ordinal));
        Assert.DoesNotContain(kubelet.Log.Entries, e => e.Level > LogLevel.Information);

        Issue(await NextRequestAsync(1));
        await AdvanceUntilAsync(() => File.Exists(CertificateFile) && Serves(source));

        await using var stream = await kubelet.ConnectAsync();
        var shown = (X509Certificate2)stream.RemoteCertificate!;
        Assert.Equal("CN=cluster-ca", shown.Issuer);
        Assert.True(shown.MatchesHostname("10.0.0.7"));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_restart_takes_up_the_certificate_and_asks_for_none()
    {
        var first = await StartAsync();
        Issue(await NextRequestAsync(1));
        await AdvanceUntilAsync(() => Serves(first));
        await first.StopAsync(CancellationToken.None);

        var second = await StartAsync();
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(Thumbprint(first), Thumbprint(second));
        Assert.Equal(1, Requests);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(CertificateFile));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(CertificateFile)!));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    [Trait("Item", "N6")]
    public async Task It_is_renewed_at_70_to_90_percent_of_its_life_and_the_old_one_is_served_meanwhile()
    {
        var source = await StartAsync();
        Issue(await NextRequestAsync(1), lifetime: TimeSpan.FromDays(100));
        await AdvanceUntilAsync(() => Serves(source));
        var first = Thumbprint(source);
        var issued = _time.GetUtcNow();

        var due = RenewalDue();
        Assert.InRange((due - issued).TotalDays, 69, 91);
        _time.Advance(due - TimeSpan.FromSeconds(10) - _time.GetUtcNow());
        Assert.Equal(1, Requests);
        await AdvanceUntilAsync(() => Requests > 1);
        Assert.InRange((_time.GetUtcNow() - issued).TotalDays, 69, 95);
        Assert.Equal(first, Thumbprint(source));

        Issue(await NextRequestAsync(2), lifetime: TimeSpan.FromDays(100));
        await AdvanceUntilAsync(() => Thumbprint(source) != first);

        Assert.Equal(2, Requests);
        Assert.NotEqual(Pem(await NextRequestAsync(1)), Pem(await NextRequestAsync(2)));
        Assert.Contains(_log.Entries, e => e.Level == LogLevel.Information && e.Text.Contains("waits for approval", StringComparison.Ordinal));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Another_address_is_asked_for_at_once()
    {
        var source = await StartAsync();
        Issue(await NextRequestAsync(1));
        await AdvanceUntilAsync(() => Serves(source));
        var first = Thumbprint(source);

        source.UpdateNames(["node-1", "127.0.0.1", "10.0.0.7"]);
        source.UpdateNames(["node-1", "10.0.0.8"]);
        var request = await NextRequestAsync(2);
        Assert.Equal(first, Thumbprint(source));
        Issue(request);
        await AdvanceUntilAsync(() => Thumbprint(source) != first);

        Assert.True(source.Current().TargetCertificate.MatchesHostname("10.0.0.8"));
        Assert.Equal(2, Requests);
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Another_address_while_a_request_is_pending_makes_a_request_for_it()
    {
        var source = await StartAsync();
        await NextRequestAsync(1);

        source.UpdateNames(["node-1", "10.0.0.9"]);
        Issue(await NextRequestAsync(2));
        await AdvanceUntilAsync(() => Serves(source));

        Assert.True(source.Current().TargetCertificate.MatchesHostname("10.0.0.9"));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_node_without_an_address_does_not_ask()
    {
        var source = await StartAsync(o => o with { Names = ["node-1", "0.0.0.0"] });
        await Waiting.UntilAsync(() => _log.Entries.Any(e => e.Text.Contains("has no address yet", StringComparison.Ordinal)));
        Assert.Equal(0, Requests);

        source.UpdateNames(["node-1", "10.0.0.7"]);

        await NextRequestAsync(1);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("Denied")]
    [InlineData("Failed")]
    public async Task A_refusal_ends_the_wait_and_the_next_request_comes_after_a_minute_or_more(string condition)
    {
        var source = await StartAsync();
        var request = await NextRequestAsync(1);
        SetStatus(request, new JsonObject { ["conditions"] = new JsonArray(Condition("Approved"), Condition(condition, "NotYours", "we do not know you")) });
        await AdvanceUntilAsync(() => _log.Entries.Any(e => e.Level == LogLevel.Warning && e.Text.Contains("NotYours: we do not know you", StringComparison.Ordinal)));
        var refused = _time.GetUtcNow();

        await AdvanceUntilAsync(() => Requests > 1);
        Assert.InRange((_time.GetUtcNow() - refused).TotalSeconds, 50, 90);

        Issue(await NextRequestAsync(2));
        await AdvanceUntilAsync(() => Serves(source));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Nobody_deciding_within_15_minutes_makes_a_new_request()
    {
        await StartAsync();
        await NextRequestAsync(1);
        var began = _time.GetUtcNow();

        await AdvanceUntilAsync(() => Requests > 1, TimeSpan.FromSeconds(3));

        Assert.InRange((_time.GetUtcNow() - began).TotalMinutes, 14.9, 17);
        Assert.Contains(_log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("not approved and signed within 15 min", StringComparison.Ordinal));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_request_that_somebody_deletes_is_made_anew()
    {
        var source = await StartAsync();
        var request = await NextRequestAsync(1);
        _api.Fake.Store.Delete(Key(request));

        await AdvanceUntilAsync(() => Requests > 1);
        Issue(await NextRequestAsync(2));
        await AdvanceUntilAsync(() => Serves(source));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Bad_days_of_the_api_server_are_outlasted()
    {
        _api.Fake.Faults.Refuse(r => r.Is("create", Type), new StatusException(500, "InternalError", "etcd is away"), 3);
        _api.Fake.Faults.Answer(r => r.Is("create", Type), 200, "<html></html>", 1);
        var source = await StartAsync();
        await AdvanceUntilAsync(() => Stored.Count > 0);
        _api.Fake.Faults.Refuse(r => r.Is("get", Type), new StatusException(503, "ServiceUnavailable", "restarting"), 20);
        _api.Fake.Faults.Drop(r => r.Is("get", Type), 2);
        Issue(Stored[0]);

        await AdvanceUntilAsync(() => Serves(source));

        Assert.Single(Stored);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("another key")]
    [InlineData("garbage")]
    [InlineData("expired")]
    public async Task What_cannot_be_served_is_neither_served_nor_kept(string kind)
    {
        var source = await StartAsync();
        var request = await NextRequestAsync(1);
        using var other = _authority.Issue("CN=system:node:node-1");
        var certificate = kind switch
        {
            "another key" => other.ExportCertificatePem(),
            "garbage" => "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n",
            _ => _authority.Sign(Pem(request), _time.GetUtcNow().AddDays(-2), _time.GetUtcNow().AddDays(-1)),
        };
        Approve(request, certificate);

        await AdvanceUntilAsync(() => Requests > 1);
        Assert.False(Serves(source));
        Assert.False(File.Exists(CertificateFile));
        Issue(await NextRequestAsync(2));
        await AdvanceUntilAsync(() => Serves(source));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_signer_that_leaves_names_out_is_not_asked_again_and_again()
    {
        var source = await StartAsync();
        var request = await NextRequestAsync(1);
        Approve(request, _authority.Sign(Pem(request), _time.GetUtcNow().AddMinutes(-5), _time.GetUtcNow().AddDays(1), withNames: false));
        await AdvanceUntilAsync(() => _log.Entries.Any(e => e.Text.Contains("the signer left out", StringComparison.Ordinal)));

        Assert.True(Serves(source));
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(1, Requests);
    }

    [Theory(Timeout = Deadline.TestMilliseconds)]
    [InlineData("")]
    [InlineData("garbage")]
    public async Task A_file_that_is_of_no_use_is_replaced(string content)
    {
        Directory.CreateDirectory(_directory["tls"]);
        File.WriteAllText(CertificateFile, content);

        var source = await StartAsync();
        Assert.Contains(_log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("is of no use", StringComparison.Ordinal));
        Issue(await NextRequestAsync(1));
        await AdvanceUntilAsync(() => Serves(source));

        Assert.NotEqual(content, File.ReadAllText(CertificateFile));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_kept_certificate_of_another_node_is_replaced()
    {
        var other = await StartAsync(o => o with { NodeName = "node-2" });
        Issue(await NextRequestAsync(1));
        await AdvanceUntilAsync(() => Serves(other));
        await other.StopAsync(CancellationToken.None);

        await StartAsync();

        Assert.Equal([["system:nodes"], ["system:node:node-1"]], Subject(CertificateRequest.LoadSigningRequestPem(
            Pem(await NextRequestAsync(2)), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions).SubjectName));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_name_that_no_certificate_can_have_is_told_and_does_not_end_the_agent()
    {
        var source = await StartAsync(o => o with { Names = ["no..name", "10.0.0.7"] });
        await Waiting.UntilAsync(() => _log.Entries.Any(e => e.Level == LogLevel.Error && e.Text.Contains("serving certificate failed", StringComparison.Ordinal)));

        source.UpdateNames(["name", "10.0.0.7"]);
        Issue(await NextRequestAsync(1));

        await AdvanceUntilAsync(() => Serves(source));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task A_directory_that_cannot_be_written_does_not_keep_the_certificate_from_being_served()
    {
        File.WriteAllText(_directory["tls"], "a file");
        var source = await StartAsync();

        Issue(await NextRequestAsync(1));
        await AdvanceUntilAsync(() => Serves(source));

        Assert.Contains(_log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("cannot be kept", StringComparison.Ordinal));
    }

    [Fact(Timeout = Deadline.TestMilliseconds)]
    public async Task Long_node_names_and_lifetimes_are_passed_on()
    {
        var name = new string('n', 253);
        await StartAsync(o => o with { NodeName = name, Lifetime = TimeSpan.FromHours(24) });

        var request = await NextRequestAsync(1);

        Assert.Equal("86400", request.Text("spec.expirationSeconds"));
        Assert.Equal([["system:nodes"], ["system:node:" + name]], Subject(CertificateRequest.LoadSigningRequestPem(
            Pem(request), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions).SubjectName));
    }

    private int Requests => _api.Fake.Requests.Count(r => r.Is("create", Type));

    private async Task<RequestedCertificateSource> StartAsync(Func<CertificateRequestOptions, CertificateRequestOptions>? change = null)
    {
        var options = new CertificateRequestOptions
        {
            Client = _api.Client,
            NodeName = "node-1",
            Names = ["node-1", "10.0.0.7", "127.0.0.1", "0.0.0.0", "NODE-1"],
            Directory = _directory["tls"],
        };
        var source = new RequestedCertificateSource(change?.Invoke(options) ?? options, _time, new Logger<RequestedCertificateSource>(new LoggerFactory([_log])));
        _sources.Add(source);
        await source.StartAsync(CancellationToken.None);
        return source;
    }

    /// <summary>The request that was made at that place, as it is stored now, once it is.</summary>
    private async Task<JsonElement> NextRequestAsync(int count)
    {
        JsonElement? found = null;
        await Waiting.UntilAsync(() => (found = Find(count)) is not null);
        return found!.Value;
    }

    private JsonElement? Find(int count)
    {
        var text = _api.Fake.Requests.Where(r => r.Is("create", Type)).ElementAtOrDefault(count - 1)?.Json.Text("spec.request");
        return text is null ? null : Stored.Where(s => s.Text("spec.request") == text).Select(s => (JsonElement?)s).FirstOrDefault();
    }

    private IReadOnlyList<JsonElement> Stored => _api.Fake.Store.List(Selectors.Parse(Type, "", null, null)).Items;

    private static StoreKey Key(JsonElement request) => new(Type, "", request.Text("metadata.name")!);

    private static string Pem(JsonElement request) => Encoding.ASCII.GetString(Convert.FromBase64String(request.Text("spec.request")!));

    private DateTimeOffset RenewalDue()
    {
        const string Words = "renewal is due at ";
        var text = _log.Entries.Last(e => e.Text.Contains(Words, StringComparison.Ordinal)).Text;
        return DateTimeOffset.Parse(text[(text.IndexOf(Words, StringComparison.Ordinal) + Words.Length)..].Trim(), CultureInfo.InvariantCulture);
    }

    private void Issue(JsonElement request, TimeSpan? lifetime = null) =>
        Approve(request, _authority.Sign(Pem(request), _time.GetUtcNow().AddMinutes(-5), _time.GetUtcNow() + (lifetime ?? TimeSpan.FromDays(1))));

    private void Approve(JsonElement request, string certificate) => SetStatus(request, new JsonObject
    {
        ["conditions"] = new JsonArray(Condition("Approved")),
        ["certificate"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate)),
    });

    private void SetStatus(JsonElement request, JsonObject status) => _api.Fake.Store.Change(Key(request), stored =>
    {
        stored["status"] = status;
        return stored;
    });

    private static JsonObject Condition(string type, string reason = "Test", string message = "") =>
        new() { ["type"] = type, ["status"] = "True", ["reason"] = reason, ["message"] = message };

    private static bool Serves(RequestedCertificateSource source)
    {
        try
        {
            source.Current();
            return true;
        }
        catch (System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }

    private static string Thumbprint(RequestedCertificateSource source) => source.Current().TargetCertificate.Thumbprint;

    private Task AdvanceUntilAsync(Func<bool> holds, TimeSpan? step = null) => _time.AdvanceUntilAsync(step ?? TimeSpan.FromSeconds(1), holds);

    private static IEnumerable<string[]> Subject(X500DistinguishedName name)
    {
        var sets = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sets.HasData)
        {
            var attribute = sets.ReadSetOf().ReadSequence();
            attribute.ReadObjectIdentifier();
            yield return [attribute.ReadCharacterString((UniversalTagNumber)attribute.PeekTag().TagValue)];
        }
    }
}
