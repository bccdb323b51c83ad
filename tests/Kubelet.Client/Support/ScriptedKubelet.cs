using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace VirtualKubelet.Kubelet.Client.Tests.Support;

/// <summary>Any kubelet: a TLS socket that reads one request per connection and answers as a test tells it to.</summary>
internal sealed class ScriptedKubelet : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly Task _loop;

    public ScriptedKubelet(string subjectAlternativeName = "127.0.0.1")
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("vk-test-").FullName;
        _certificate = Make("CN=kubelet", subjectAlternativeName);
        File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());
        _listener.Start();
        _loop = AcceptAsync();
    }

    public string Directory { get; }

    public string CertificateFile => Path.Combine(Directory, "server.crt");

    public Uri Uri => new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The head of the last request.</summary>
    public string Request { get; private set; } = "";

    /// <summary>The name on the last client certificate.</summary>
    public string? ClientName { get; private set; }

    public Func<Stream, CancellationToken, Task> Answer { get; set; } = Text("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello\n");

    public static Func<Stream, CancellationToken, Task> Text(string text) =>
        (stream, cancellationToken) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).AsTask();

    public static X509Certificate2 Make(string subject, string subjectAlternativeName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(subjectAlternativeName, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(subjectAlternativeName);
        }

        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _certificate.Dispose();
        _stop.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await ServeAsync(client);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The client refused the certificate or left, or the test is over.
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = _certificate,
                ClientCertificateRequired = true,
#pragma warning disable CA5359 // It only looks at the name.
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
            },
            _stop.Token);
        ClientName = stream.RemoteCertificate?.Subject;
        Request = await ReadHeadAsync(stream);
        await Answer(stream, _stop.Token);
        await stream.FlushAsync(_stop.Token);
    }

    private async Task<string> ReadHeadAsync(SslStream stream)
    {
        var head = new StringBuilder();
        var buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var n = await stream.ReadAsync(buffer, _stop.Token);
            if (n == 0)
            {
                throw new IOException("the client left");
            }

            head.Append(Encoding.UTF8.GetString(buffer, 0, n));
        }

        return head.ToString();
    }
}
