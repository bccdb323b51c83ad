using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace VirtualKubelet.Testing.ApiServer;

/// <summary>How a fake API server is reached.</summary>
public sealed record FakeApiServerOptions
{
    /// <summary>Whether it speaks TLS; plain HTTP is HTTP/1.1.</summary>
    public bool Tls { get; init; }

    /// <summary>What it offers over TLS.</summary>
    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1AndHttp2;

    /// <summary>The name on its certificate.</summary>
    public string ServerName { get; init; } = "localhost";

    /// <summary>When its certificate ends.</summary>
    public DateTimeOffset? CertificateEnd { get; init; }

    /// <summary>Whether those who prove nothing are turned away.</summary>
    public bool RequiresCredentials { get; init; }

    /// <summary>A port to listen on, such as that of a server before; 0 for any.</summary>
    public int Port { get; init; }

    /// <summary>The clock of deletions and of the ends of watches.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Fields of statuses that it does not know and drops, as old servers do with new fields.</summary>
    public IReadOnlySet<string> DroppedStatusFields { get; init; } = new HashSet<string>();
}
