using System.Net;
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
            "Absolute path of a file with the bearer token that callers must show. Default: a token is generated as the file token, mode 0600, in the state directory.")
        .Key("clientCAFile", Scalars.Text(TextRules.AbsolutePath), a => a.ClientCAFile, (a, v) => a with { ClientCAFile = v },
            "Absolute path of the certificates, PEM, of the authorities that sign the client certificates of callers; the one that signed the API server's is needed for kubectl logs, exec and the like. Not used standalone. Default: no certificate is taken.");

    public static Section<KubeletConfiguration> Instance { get; } = new Section<KubeletConfiguration>(new KubeletConfiguration())
        .Key("address", Scalars.IpAddress, k => k.Address, (k, v) => k with { Address = v },
            "IP address to listen on; 0.0.0.0 or \"::\" for all.")
        .Key("port", Scalars.Integer(0, 65535), k => k.Port, (k, v) => k with { Port = v },
            "TCP port to listen on; 0 takes any free port. Unique in the file.")
        .Key("tls", Tls, k => k.Tls, (k, v) => k with { Tls = v },
            "Serving certificate. Default: one from the cluster with serverTLSBootstrap, else a self-signed one that is generated in the state directory.")
        .Key("serverTLSBootstrap", Scalars.Boolean, k => k.ServerTlsBootstrap, (k, v) => k with { ServerTlsBootstrap = v },
            "Whether a serving certificate is requested from the cluster and renewed in time. Somebody has to approve the requests: kubectl certificate approve. Not used standalone.")
        .Key("nodeAddresses", new ListReader<IPAddress>(Scalars.IpAddress, a => a.ToString()), k => k.NodeAddresses, (k, v) => k with { NodeAddresses = v },
            "IP addresses under which the API server reaches the agent, the InternalIPs of the node. Default: address, or the machine's first one when that stands for all.")
        .Key("authentication", Authentication, k => k.Authentication, (k, v) => k with { Authentication = v },
            "Who may call.")
        .Key("enableDebuggingHandlers", Scalars.Boolean, k => k.EnableDebuggingHandlers, (k, v) => k with { EnableDebuggingHandlers = v },
            "Whether logs and the other routes that look into containers are served.")
        .Key("streamingConnectionIdleTimeout", Scalars.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), "4h or 30m"), k => k.StreamingConnectionIdleTimeout, (k, v) => k with { StreamingConnectionIdleTimeout = v },
            "Silence in both directions after which an exec, attach or port-forward connection is closed, 1s to 168h.")
        .Key("nodeLeaseDurationSeconds", Scalars.Integer(4, 3600), k => k.NodeLeaseDurationSeconds, (k, v) => k with { NodeLeaseDurationSeconds = v },
            "Seconds without renewal after which the node's lease has expired and another agent may take over; it is renewed four times as often.")
        .Key("nodeStatusUpdateFrequency", Scalars.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "10s or 1m"), k => k.NodeStatusUpdateFrequency, (k, v) => k with { NodeStatusUpdateFrequency = v },
            "Time between two looks at the node's status, which is reported when it has changed, 1s to 10m.")
        .Key("nodeStatusReportFrequency", Scalars.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "5m or 1h"), k => k.NodeStatusReportFrequency, (k, v) => k with { NodeStatusReportFrequency = v },
            "Longest time between two reports of a status that does not change, 1s to 1h.")
        .Rule(OneCertificate)
        .Rule(OneAddressOfAKind)
        .Rule(ReportsFollowLooks);

    private static void OneCertificate(KubeletConfiguration kubelet, Location at)
    {
        if (kubelet is { ServerTlsBootstrap: true, Tls: not null })
        {
            at.Key("serverTLSBootstrap").Fail("asks the cluster for a certificate where tls names one; leave one of the two out");
        }
    }

    // The API server takes no more (core/v1 validation of dual stack).
    private static void OneAddressOfAKind(KubeletConfiguration kubelet, Location at)
    {
        if (kubelet.NodeAddresses.DistinctBy(a => a.AddressFamily).Count() < kubelet.NodeAddresses.Count)
        {
            at.Key("nodeAddresses").Fail("has more than one address of a kind; give one IPv4 address, one IPv6 address, or one of each");
        }
    }

    private static void ReportsFollowLooks(KubeletConfiguration kubelet, Location at)
    {
        if (kubelet.NodeStatusReportFrequency < kubelet.NodeStatusUpdateFrequency)
        {
            at.Key("nodeStatusReportFrequency").Fail(
                $"{DurationText.Write(kubelet.NodeStatusReportFrequency)} is less than nodeStatusUpdateFrequency, {DurationText.Write(kubelet.NodeStatusUpdateFrequency)}");
        }
    }
}
