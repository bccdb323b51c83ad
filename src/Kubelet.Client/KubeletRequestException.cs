using System.Net;

namespace VirtualKubelet.Kubelet.Client;

/// <summary>The kubelet refused a request, or at least did something else than it was asked for.</summary>
public sealed class KubeletRequestException : Exception
{
    /// <summary>Makes the error.</summary>
    public KubeletRequestException(HttpStatusCode status, string body)
        : base($"the kubelet answered {(int)status}: {(string.IsNullOrWhiteSpace(body) ? status.ToString() : body.Trim())}")
    {
        Status = status;
        Body = body;
    }

    /// <summary>The status code: 300 or more, or a success where an upgrade was asked for.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The answer's text as it came, at most 50,000 bytes of it.</summary>
    public string Body { get; }
}
