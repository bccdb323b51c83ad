using System.Net;
using System.Text;
using VirtualKubelet.Kubelet.Client.Tests.Support;

namespace VirtualKubelet.Kubelet.Client.Tests;

public sealed class KubeletClientTests
{
    private const int TestMilliseconds = 60_000;

    private static readonly LogsRequest AnyLog = new("ns", "p", "c");

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_log_is_read_to_its_end_with_the_token_of_a_file_that_may_change()
    {
        await using var kubelet = new ScriptedKubelet();
        var tokenFile = Path.Combine(kubelet.Directory, "token");
        using var client = new KubeletClient(Trusting(kubelet) with { TokenFile = tokenFile });

        foreach (var token in (string[])["first", "second"])
        {
            await File.WriteAllTextAsync(tokenFile, token + "\n");
            Assert.Equal("hello\n", await ReadAsync(client, AnyLog));
            Assert.StartsWith("GET /containerLogs/ns/p/c HTTP/1.1\r\n", kubelet.Request);
            Assert.Contains($"\r\nAuthorization: Bearer {token}\r\n", kubelet.Request);
        }
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Options_become_sorted_parameters_and_names_are_escaped()
    {
        await using var kubelet = new ScriptedKubelet();
        using var client = new KubeletClient(Trusting(kubelet));

        await ReadAsync(client, new LogsRequest("n/s", "p?", "c d")
        {
            Follow = true,
            Previous = true,
            Timestamps = true,
            SinceTime = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 500, TimeSpan.FromHours(1)),
            TailLines = 0,
            LimitBytes = 10,
            Stream = "Stderr",
        });

        Assert.StartsWith(
            "GET /containerLogs/n%2Fs/p%3F/c%20d?follow=true&limitBytes=10&previous=true&sinceTime=2026-01-02T02%3A04%3A05.5Z&stream=Stderr&tailLines=0&timestamps=true HTTP/1.1\r\n",
            kubelet.Request);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_refusal_carries_status_and_text()
    {
        await using var kubelet = new ScriptedKubelet { Answer = ScriptedKubelet.Text("HTTP/1.1 404 Not Found\r\nContent-Length: 24\r\nConnection: close\r\n\r\npod \"p\" does not exist\n\n") };
        using var client = new KubeletClient(Trusting(kubelet));

        var error = await Assert.ThrowsAsync<KubeletRequestException>(() => ReadAsync(client, AnyLog));

        Assert.Equal((HttpStatusCode.NotFound, "pod \"p\" does not exist\n\n"), (error.Status, error.Body));
        Assert.Equal("the kubelet answered 404: pod \"p\" does not exist", error.Message);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task Of_an_endless_refusal_only_the_beginning_is_read()
    {
        await using var kubelet = new ScriptedKubelet
        {
            Answer = async (stream, cancellationToken) =>
            {
                await stream.WriteAsync("HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
                var block = Encoding.ASCII.GetBytes(new string('x', 4096));
                while (true)
                {
                    await stream.WriteAsync(block, cancellationToken);
                }
            },
        };
        using var client = new KubeletClient(Trusting(kubelet));

        var error = await Assert.ThrowsAsync<KubeletRequestException>(() => ReadAsync(client, AnyLog));

        Assert.Equal(50_000, error.Body.Length);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_redirect_is_not_followed()
    {
        await using var kubelet = new ScriptedKubelet
        {
            Answer = ScriptedKubelet.Text("HTTP/1.1 302 Found\r\nLocation: https://elsewhere/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        };
        using var client = new KubeletClient(Trusting(kubelet));

        Assert.Equal(HttpStatusCode.Found, (await Assert.ThrowsAsync<KubeletRequestException>(() => ReadAsync(client, AnyLog))).Status);
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_log_that_breaks_off_is_an_error_and_not_an_end()
    {
        await using var kubelet = new ScriptedKubelet
        {
            Answer = ScriptedKubelet.Text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"),
        };
        using var client = new KubeletClient(Trusting(kubelet));

        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(client, AnyLog));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_follower_reads_each_line_as_it_comes_and_lets_go_at_once()
    {
        using var next = new SemaphoreSlim(0);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var kubelet = new ScriptedKubelet
        {
            Answer = async (stream, cancellationToken) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), cancellationToken);
                await next.WaitAsync(cancellationToken);
                await stream.WriteAsync("5\r\nline\n\r\n"u8.ToArray(), cancellationToken);
                try
                {
                    Assert.Equal(0, await stream.ReadAsync(new byte[1], cancellationToken));
                }
                finally
                {
                    left.SetResult();
                }
            },
        };
        using var client = new KubeletClient(Trusting(kubelet));

        var log = await client.OpenLogsAsync(AnyLog with { Follow = true }, CancellationToken.None);
        next.Release();
        var buffer = new byte[5];
        await log.ReadExactlyAsync(buffer);
        Assert.Equal("line\n"u8, buffer);
        await log.DisposeAsync();

        await left.Task.WaitAsync(TimeSpan.FromSeconds(1.5));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_kubelet_that_does_not_answer_is_given_up()
    {
        await using var kubelet = new ScriptedKubelet { Answer = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken) };
        using var client = new KubeletClient(Trusting(kubelet) with { ResponseTimeout = TimeSpan.FromMilliseconds(300) });

        await Assert.ThrowsAsync<TimeoutException>(() => ReadAsync(client, AnyLog));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_caller_that_gives_up_gets_its_own_cancellation()
    {
        await using var kubelet = new ScriptedKubelet { Answer = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken) };
        using var client = new KubeletClient(Trusting(kubelet));
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.OpenLogsAsync(AnyLog, cancel.Token));
    }

    [Fact(Timeout = TestMilliseconds)]
    public async Task A_client_certificate_is_shown()
    {
        await using var kubelet = new ScriptedKubelet();
        var (certFile, keyFile) = (Path.Combine(kubelet.Directory, "client.crt"), Path.Combine(kubelet.Directory, "client.key"));
        using var certificate = ScriptedKubelet.Make("CN=me", "me");
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!;
        await File.WriteAllTextAsync(certFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        using var client = new KubeletClient(Trusting(kubelet) with { ClientCertificateFile = certFile, ClientKeyFile = keyFile });

        await ReadAsync(client, AnyLog);

        Assert.Equal("CN=me", kubelet.ClientName);
    }

    private static KubeletClientOptions Trusting(ScriptedKubelet kubelet) =>
        new() { Server = kubelet.Uri, PinnedCertificateFile = kubelet.CertificateFile };

    private static async Task<string> ReadAsync(KubeletClient client, LogsRequest request)
    {
        using var reader = new StreamReader(await client.OpenLogsAsync(request, CancellationToken.None));
        return await reader.ReadToEndAsync();
    }
}
