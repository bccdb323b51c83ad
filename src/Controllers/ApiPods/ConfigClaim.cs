using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>What one pod needs of ConfigMaps and Secrets; disposing of it gives the claims up.</summary>
internal sealed class ConfigClaim : IDisposable
{
    private readonly Dictionary<ConfigReference, (ObjectKey Key, IDisposable Use, Func<ConfigObject> Look)> _uses = [];

    public void Add(ConfigReference reference, ObjectKey key, IDisposable use, Func<ConfigObject> look) => _uses[reference] = (key, use, look);

    /// <summary>Whether these are what is claimed.</summary>
    public bool IsFor(IReadOnlySet<ConfigReference> references) => references.SetEquals(_uses.Keys);

    /// <summary>Whether an object is among them.</summary>
    public bool Has(ConfigKind kind, ObjectKey key) => _uses.TryGetValue(new ConfigReference(kind, key.Name), out var use) && use.Key == key;

    /// <summary>What is known now.</summary>
    public IReadOnlyDictionary<ConfigReference, ConfigObject> Look() => _uses.ToDictionary(u => u.Key, u => u.Value.Look());

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, use, _) in _uses.Values)
        {
            use.Dispose();
        }
    }
}
