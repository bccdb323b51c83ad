using System.CommandLine;
using System.CommandLine.Parsing;
using VirtualKubelet.Kubelet.Client;

namespace VirtualKubelet.Host.Commands;

/// <summary>How the client commands reach an agent.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<Uri> _server = new("--server")
    {
        Description = "The agent's kubelet API.",
        HelpName = "URL",
        DefaultValueFactory = _ => new Uri("https://127.0.0.1:10250"),
        CustomParser = ParseServer,
    };

    private readonly Option<string> _tokenFile = new("--token-file")
    {
        Description = "File with the bearer token; the agent generates one in its state directory.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _authority = new("--certificate-authority")
    {
        Description = "PEM file of the authority that signed the agent's certificate. Without it, a tls.crt beside the token file is taken for the agent's own certificate.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _insecure = new("--insecure-skip-tls-verify")
    {
        Description = "Take any certificate: the token may go to an impostor.",
    };

    private static Uri? ParseServer(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens.Single().Value, UriKind.Absolute, out var server) && server.Scheme == Uri.UriSchemeHttps)
        {
            return server;
        }

        result.AddError("--server takes an https URL such as https://127.0.0.1:10250");
        return null;
    }

    public void AddTo(Command command)
    {
        command.Add(_server);
        command.Add(_tokenFile);
        command.Add(_authority);
        command.Add(_insecure);
    }

    public KubeletClientOptions Read(ParseResult parsed)
    {
        var tokenFile = parsed.GetRequiredValue(_tokenFile);
        var authority = parsed.GetValue(_authority);
        var insecure = parsed.GetValue(_insecure);
        var ownCertificate = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(tokenFile))!, "tls.crt");
        return new KubeletClientOptions
        {
            Server = parsed.GetRequiredValue(_server),
            TokenFile = tokenFile,
            CertificateAuthorityFile = authority,
            PinnedCertificateFile = authority is null && !insecure && File.Exists(ownCertificate) ? ownCertificate : null,
            Insecure = insecure,
        };
    }
}
