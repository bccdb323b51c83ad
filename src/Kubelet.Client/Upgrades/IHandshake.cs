using System.Net;

namespace VirtualKubelet.Kubelet.Client.Upgrades;

/// <summary>One way to turn a request into a raw connection.</summary>
internal interface IHandshake
{
    /// <summary>What says that it has become one.</summary>
    HttpStatusCode Accepted { get; }

    /// <summary>Completes the request: method and headers.</summary>
    void Ask(HttpRequestMessage message);

    /// <summary>Checks an answer of <see cref="Accepted"/>; returns the chosen protocol, one of those offered.</summary>
    /// <exception cref="KubeletProtocolException">It is no answer to what was asked.</exception>
    string Check(HttpResponseMessage response);
}
