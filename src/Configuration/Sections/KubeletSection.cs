using VirtualKubelet.Configuration.Reading;

namespace VirtualKubelet.Configuration.Sections;

/// <summary><c>spec.kubelet</c>.</summary>
internal static class KubeletSection
{
    private static readonly Section<KubeletTls> Tls = new Section<KubeletTls>(new KubeletTls { CertFile = "", KeyFile = "" })
        .Required("certFile", Scalars.Text(TextRules.AbsolutePath), (t, v) => t with { CertFile = v },
            "Absolute path of the certificate chain, PEM.")
        .Required("keyFile", Scalars.Text(TextRules.AbsolutePath), (t, v) => t with { KeyFile = v },
            "Absolute path of the private key, PEM.");

    private static readonly Section<KubeletAuthentication> Authentication = new Section<KubeletAuthentication>(new KubeletAuthentication())
        .Key("tokenFile", Scalars.Text(TextRules.AbsolutePath), a => a.TokenFile, (a, v) => a with { TokenFile = v },
            "Absolute path of a file with the bearer token that callers must show. Default: a token is generated as the file token, mode 0600, in the state directory.");

    public static Section<KubeletConfiguration> Instance { get; } = new Section<KubeletConfiguration>(new KubeletConfiguration())
        .Key("address", Scalars.IpAddress, k => k.Address, (k, v) => k with { Address = v },
            "IP address to listen on; 0.0.0.0 or \"::\" for all.")
        .Key("port", Scalars.Integer(0, 65535), k => k.Port, (k, v) => k with { Port = v },
            "TCP port to listen on; 0 takes any free port. Unique in the file.")
        .Key("tls", Tls, k => k.Tls, (k, v) => k with { Tls = v },
            "Serving certificate. Default: a self-signed one is generated in the state directory.")
        .Key("authentication", Authentication, k => k.Authentication, (k, v) => k with { Authentication = v },
            "Who may call.")
        .Key("enableDebuggingHandlers", Scalars.Boolean, k => k.EnableDebuggingHandlers, (k, v) => k with { EnableDebuggingHandlers = v },
            "Whether logs and the other routes that look into containers are served.")
        .Key("streamingConnectionIdleTimeout", Scalars.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), "4h or 30m"), k => k.StreamingConnectionIdleTimeout, (k, v) => k with { StreamingConnectionIdleTimeout = v },
            "Silence in both directions after which an exec, attach or port-forward connection is closed, 1s to 168h.");
}
