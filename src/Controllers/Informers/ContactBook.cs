using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.Informers;

/// <summary>Remembers when the server last answered as it should, and what went wrong since.</summary>
internal sealed class ContactBook(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _last = time.GetTimestamp();
    private ApiException? _error;

    public void Answered()
    {
        lock (_gate)
        {
            _last = time.GetTimestamp();
            _error = null;
        }
    }

    public void Failed(ApiException error)
    {
        lock (_gate)
        {
            _error = error;
        }
    }

    public InformerHealth Health(bool hasSynced)
    {
        lock (_gate)
        {
            return new InformerHealth(hasSynced, time.GetElapsedTime(_last), _error);
        }
    }
}
