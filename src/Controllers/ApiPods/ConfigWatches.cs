using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>
/// The ConfigMaps and Secrets that pods name, watched one by one, which is all that a node may do. They are watched from when a pod is to be
/// given to the provider until it has taken it; the environment is fixed from then on.
/// </summary>
internal sealed class ConfigWatches : IConfigObjects
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PodKey, ConfigClaim> _claims = [];
    private readonly ObjectWatches<ConfigMap> _maps;
    private readonly ObjectWatches<Secret> _secrets;

    public ConfigWatches(ObjectWatches<ConfigMap> maps, ObjectWatches<Secret> secrets)
    {
        _maps = maps;
        _secrets = secrets;
        _maps.Changed += key => Tell(ConfigKind.ConfigMap, key);
        _secrets.Changed += key => Tell(ConfigKind.Secret, key);
    }

    /// <inheritdoc/>
    public event Action<PodKey>? Changed;

    /// <inheritdoc/>
    public bool HasAny => true;

    /// <inheritdoc/>
    public IReadOnlyDictionary<ConfigReference, ConfigObject> Look(Pod pod)
    {
        var key = PodKey.Of(pod);
        lock (_gate)
        {
            if (!_claims.TryGetValue(key, out var claim) || claim.Uid != pod.Metadata.Uid)
            {
                claim?.Dispose();
                _claims[key] = claim = Claim(pod);
            }

            return claim.Look();
        }
    }

    /// <inheritdoc/>
    public void Release(PodKey key)
    {
        lock (_gate)
        {
            if (_claims.Remove(key, out var claim))
            {
                claim.Dispose();
            }
        }
    }

    private ConfigClaim Claim(Pod pod)
    {
        var claim = new ConfigClaim(pod.Metadata.Uid!);
        foreach (var reference in ConfigReferences.Of(pod))
        {
            var key = new ObjectKey(pod.Metadata.Namespace!, reference.Name);
            if (reference.Kind == ConfigKind.ConfigMap)
            {
                var use = _maps.Use(key);
                claim.Add(reference, key, use, () => Show(use.State, ConfigObject.Of));
            }
            else
            {
                var use = _secrets.Use(key);
                claim.Add(reference, key, use, () => Show(use.State, ConfigObject.Of));
            }
        }

        return claim;
    }

    private static ConfigObject Show<T>(ObjectState<T> state, Func<T, ConfigObject> show)
        where T : class, IKubernetesObject =>
        !state.IsKnown ? ConfigObject.Unknown(state.Error?.Message)
        : state.Object is { } known ? show(known)
        : ConfigObject.Missing;

    private void Tell(ConfigKind kind, ObjectKey key)
    {
        List<PodKey> concerned;
        lock (_gate)
        {
            concerned = [.. _claims.Where(c => c.Value.Has(kind, key)).Select(c => c.Key)];
        }

        concerned.ForEach(pod => Changed?.Invoke(pod));
    }
}
