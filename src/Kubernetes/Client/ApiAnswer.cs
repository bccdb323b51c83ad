namespace VirtualKubelet.Kubernetes.Client;

/// <summary>An answer whose header is here and whose body is not yet; holds the connection until disposed.</summary>
internal sealed class ApiAnswer(HttpResponseMessage response, Transport transport) : IDisposable
{
    public HttpResponseMessage Response => response;

    public void Dispose()
    {
        response.Dispose();
        transport.Dispose();
    }
}
