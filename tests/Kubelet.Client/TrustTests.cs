using VirtualKubelet.Kubelet.Client.Tests.Support;

namespace VirtualKubelet.Kubelet.Client.Tests;

public sealed class TrustTests
{
    private const int TestMilliseconds = 60_000;

    [Fact(Timeout = TestMilliseconds)]
    public async Task Without_a_word_about_trust_a_self_signed_certificate_is_refused_and_no_token_sent()
    {
        await using var kubelet = new ScriptedKubelet();

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new() { Server = kubelet.Uri, BearerToken = "secret" }));
        Assert.Empty(kubelet.Request);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task An_authority_file_admits_what_it_signed_for_the_name_that_was_asked()
    {
        await using var right = new ScriptedKubelet();
        await using var wrongName = new ScriptedKubelet("another-node");

        await AskAsync(new() { Server = right.Uri, CertificateAuthorityFile = right.CertificateFile });
        await Assert.ThrowsAsync<HttpRequestException>(
            () => AskAsync(new() { Server = wrongName.Uri, CertificateAuthorityFile = wrongName.CertificateFile }));
        await Assert.ThrowsAsync<HttpRequestException>(
            () => AskAsync(new() { Server = right.Uri, CertificateAuthorityFile = wrongName.CertificateFile }));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_pin_admits_that_certificate_whatever_its_name_and_no_other()
    {
        await using var pinned = new ScriptedKubelet("another-node");
        await using var other = new ScriptedKubelet("another-node");

        await AskAsync(new() { Server = pinned.Uri, PinnedCertificateFile = pinned.CertificateFile });
        await Assert.ThrowsAsync<HttpRequestException>(
            () => AskAsync(new() { Server = other.Uri, PinnedCertificateFile = pinned.CertificateFile }));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Insecure_admits_any()
    {
        await using var kubelet = new ScriptedKubelet("another-node");

        await AskAsync(new() { Server = kubelet.Uri, Insecure = true });
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        var server = new Uri("https://node:10250");
        KubeletClientOptions[] contradictions =
        [
            new() { Server = new Uri("http://node:10250") },
            new() { Server = new Uri("/containerLogs", UriKind.Relative) },
            new() { Server = server, BearerToken = "a", TokenFile = "b" },
            new() { Server = server, ClientCertificateFile = "a" },
            new() { Server = server, ClientKeyFile = "a" },
            new() { Server = server, Insecure = true, CertificateAuthorityFile = "a" },
            new() { Server = server, PinnedCertificateFile = "a", CertificateAuthorityFile = "b" },
        ];

        Assert.All(contradictions, o => Assert.Throws<ArgumentException>(() => new KubeletClient(o)));
    }

    private static async Task AskAsync(KubeletClientOptions options)
    {
        using var client = new KubeletClient(options);
        await using var log = await client.OpenLogsAsync(new LogsRequest("ns", "p", "c"), CancellationToken.None);
    }
}
