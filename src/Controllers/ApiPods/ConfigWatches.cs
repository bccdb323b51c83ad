using VirtualKubelet.Controllers.Informers;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Controllers.Workloads;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Kubernetes.Client;

namespace VirtualKubelet.Controllers.ApiPods;

/// <summary>
/// The ConfigMaps and Secrets that pods name, watched one by one, which is all that a node may do. Those of environments are watched from when a pod is to be
/// given to the provider until it has taken it, for they are fixed from then on; those of volumes until the pod ends.
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
    public IReadOnlyDictionary<ConfigReference, ConfigObject> Look(PodKey pod, IReadOnlySet<ConfigReference> references)
    {
        if (references.Count == 0)
        {
            Release(pod);
            return new Dictionary<ConfigReference, ConfigObject>();
        }

        lock (_gate)
        {
            if (!_claims.TryGetValue(pod, out var claim) || !claim.IsFor(references))
            {
                // What both need is not let go of in between: its watch would end and begin anew.
                var before = claim;
                _claims[pod] = claim = Claim(pod.Namespace, references);
                before?.Dispose();
            }

            return claim.Look();
        }
    }

    /// <inheritdoc/>
    public void Release(PodKey pod)
    {
        lock (_gate)
        {
            if (_claims.Remove(pod, out var claim))
            {
                claim.Dispose();
            }
        }
    }

    private ConfigClaim Claim(string @namespace, IReadOnlySet<ConfigReference> references)
    {
        var claim = new ConfigClaim();
        foreach (var reference in references)
        {
            var key = new ObjectKey(@namespace, reference.Name);
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
