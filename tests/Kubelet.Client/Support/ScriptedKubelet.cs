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
    private readonly List<SslStream> _http2 = [];
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

    /// <summary>Whether it takes HTTP/2 as well and then says no more than its settings: none, as a kubelet in Go, which knows of no WebSocket there.</summary>
    public bool TakesHttp2 { get; init; }

    /// <summary>The head of the last request over HTTP/1.1.</summary>
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
        _http2.ForEach(stream => stream.Dispose());
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
                var stream = new SslStream(new NetworkStream(await _listener.AcceptSocketAsync(_stop.Token), ownsSocket: true));
                await ServeAsync(stream);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The client refused the certificate or left, or the test is over.
            }
        }
    }

    private async Task ServeAsync(SslStream stream)
    {
        if (await AuthenticateAsync(stream) == SslApplicationProtocol.Http2)
        {
            // It stays: the client is to make up its mind about what it says, not about its end.
            _http2.Add(stream);
            byte[] settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
            await stream.WriteAsync(settings, _stop.Token);
            return;
        }

        await using (stream)
        {
            ClientName = stream.RemoteCertificate?.Subject;
            Request = await ReadHeadAsync(stream);
            await Answer(stream, _stop.Token);
            await stream.FlushAsync(_stop.Token);
        }
    }

    private async Task<SslApplicationProtocol> AuthenticateAsync(SslStream stream)
    {
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = _certificate,
                ApplicationProtocols = TakesHttp2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : null,
                ClientCertificateRequired = true,
#pragma warning disable CA5359 // It only looks at the name.
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
            },
            _stop.Token);
        return stream.NegotiatedApplicationProtocol;
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
