using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using VirtualKubelet.Kubelet.Server.Certificates;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Kubelet.Server.Tests.Certificates;

public sealed class ServingCertificateTests
{
    [Fact]
    public void A_self_signed_certificate_covers_names_addresses_and_loopback()
    {
        using var directory = new TempDirectory();

        var files = ServingCertificate.EnsureSelfSigned(directory["tls"], ["node-1", "10.0.0.7", "0.0.0.0"], TimeProvider.System);
        using var certificate = X509Certificate2.CreateFromPemFile(files.CertFile, files.KeyFile);

        Assert.All(
            (string[])["node-1", "10.0.0.7", "localhost", "127.0.0.1", "::1"],
            n => Assert.True(certificate.MatchesHostname(n, allowWildcards: false, allowCommonName: false), n));
        Assert.False(certificate.MatchesHostname("0.0.0.0"));
        Assert.Equal("1.2.840.10045.3.1.7", certificate.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(files.KeyFile));
    }

    [Fact]
    public void It_is_kept_while_valid_and_made_anew_before_its_end_or_for_another_name()
    {
        using var directory = new TempDirectory();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        string Make(params string[] names) => File.ReadAllText(ServingCertificate.EnsureSelfSigned(directory.Path, names, time).CertFile);

        var first = Make("node-1");
        time.Advance(TimeSpan.FromDays(334));
        Assert.Equal(first, Make("node-1"));
        time.Advance(TimeSpan.FromDays(2));
        var second = Make("node-1");
        Assert.NotEqual(first, second);
        Assert.NotEqual(second, Make("node-1", "node-2"));
    }

    [Theory]
    [InlineData("tls.crt", "")]
    [InlineData("tls.key", "")]
    [InlineData("tls.crt", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")]
    [InlineData("tls.key", "nonsense")]
    public void Broken_files_are_made_anew(string file, string content)
    {
        using var directory = new TempDirectory();
        ServingCertificate.EnsureSelfSigned(directory.Path, ["n"], TimeProvider.System);
        File.WriteAllText(directory[file], content);

        var files = ServingCertificate.EnsureSelfSigned(directory.Path, ["n"], TimeProvider.System);

        using var certificate = X509Certificate2.CreateFromPemFile(files.CertFile, files.KeyFile);
        Assert.True(certificate.HasPrivateKey);
        Assert.Equal(2, Directory.GetFiles(directory.Path).Length);
    }

    [Fact]
    public void A_running_agent_renews_its_certificate()
    {
        using var directory = new TempDirectory();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var source = new SelfSignedCertificateSource(directory.Path, ["n"], time, NullLogger<SelfSignedCertificateSource>.Instance);
        var first = source.Current();
        Assert.Same(first, source.Current());

        time.Advance(TimeSpan.FromDays(340));
        var second = source.Current();

        Assert.NotEqual(first.TargetCertificate.Thumbprint, second.TargetCertificate.Thumbprint);
        Assert.Same(second, source.Current());
    }

    [Fact]
    public void Files_that_do_not_fit_together_leave_the_last_good_certificate_in_force()
    {
        using var directory = new TempDirectory();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var files = ServingCertificate.EnsureSelfSigned(directory["a"], ["n"], time);
        var other = ServingCertificate.EnsureSelfSigned(directory["b"], ["n"], time);
        var source = new FileCertificateSource(files, time, NullLogger<FileCertificateSource>.Instance);
        var first = source.Current().TargetCertificate.Thumbprint;

        File.Copy(other.CertFile, files.CertFile, overwrite: true);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, source.Current().TargetCertificate.Thumbprint);

        File.Copy(other.KeyFile, files.KeyFile, overwrite: true);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(first, source.Current().TargetCertificate.Thumbprint);
    }

    [Fact]
    public void A_secret_volume_that_swaps_a_link_above_the_files_is_noticed()
    {
        using var directory = new TempDirectory();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        ServingCertificate.EnsureSelfSigned(directory["v1"], ["n"], time);
        var second = ServingCertificate.EnsureSelfSigned(directory["v2"], ["n"], time);
        var data = directory["..data"];
        File.CreateSymbolicLink(data, "v1");
        File.CreateSymbolicLink(directory["tls.crt"], "..data/tls.crt");
        File.CreateSymbolicLink(directory["tls.key"], "..data/tls.key");
        var source = new FileCertificateSource(
            new CertificateFiles(directory["tls.crt"], directory["tls.key"]), time, NullLogger<FileCertificateSource>.Instance);

        File.Delete(data);
        File.CreateSymbolicLink(data, "v2");
        time.Advance(TimeSpan.FromSeconds(1));

        using var expected = X509CertificateLoader.LoadCertificateFromFile(second.CertFile);
        Assert.Equal(expected.Thumbprint, source.Current().TargetCertificate.Thumbprint);
    }

    [Fact]
    public void Missing_files_are_an_error_when_the_agent_starts()
    {
        using var directory = new TempDirectory();

        Assert.ThrowsAny<IOException>(() => new FileCertificateSource(
            new CertificateFiles(directory["no.crt"], directory["no.key"]), TimeProvider.System, NullLogger<FileCertificateSource>.Instance));
    }

    [Fact]
    public void Intermediates_are_part_of_what_is_shown()
    {
        using var directory = new TempDirectory();
        var (now, end) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=root", rootKey).CreateSelfSigned(now, end);
        using var unsigned = Authority("CN=intermediate", key).Create(root, now, end, [1]);
        using var intermediate = unsigned.CopyWithPrivateKey(key);
        using var leaf = new CertificateRequest("CN=leaf", leafKey, HashAlgorithmName.SHA256).Create(intermediate, now, end, [2]);
        var files = new CertificateFiles(directory["chain.pem"], directory["key.pem"]);
        File.WriteAllText(files.CertFile, leaf.ExportCertificatePem() + "\n" + intermediate.ExportCertificatePem() + "\n");
        File.WriteAllText(files.KeyFile, leafKey.ExportPkcs8PrivateKeyPem());

        var context = new FileCertificateSource(files, TimeProvider.System, NullLogger<FileCertificateSource>.Instance).Current();

        Assert.Equal("CN=intermediate", Assert.Single(context.IntermediateCertificates).Subject);
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }
}
