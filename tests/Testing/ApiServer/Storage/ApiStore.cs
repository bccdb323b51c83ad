using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VirtualKubelet.Testing.ApiServer.Storage;

/// <summary>
/// The objects under one growing version, and their history since the last compaction. Tests may change it directly, as other clients would;
/// whatever they put in goes through no admission.
/// </summary>
public sealed class ApiStore(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Plural, string Namespace, string Name), JsonElement> _objects = [];
    private readonly List<StoredChange> _history = [];
    private long _version = 1000;
    private long _compacted = 999;

    /// <summary>Something changed.</summary>
    public event Action? Changed;

    /// <summary>The version of the last change.</summary>
    public long Version
    {
        get
        {
            lock (_gate)
            {
                return _version;
            }
        }
    }

    public JsonElement? Find(StoreKey key)
    {
        lock (_gate)
        {
            return _objects.TryGetValue(Index(key), out var found) ? found : null;
        }
    }

    /// <exception cref="StatusException">There is no such object.</exception>
    public JsonElement Get(StoreKey key) => Find(key) ?? throw StatusException.NotFound(key.ToString());

    /// <summary>The objects that match, by namespace and name, and the version of the list.</summary>
    public (IReadOnlyList<JsonElement> Items, long Version) List(Selectors selectors)
    {
        lock (_gate)
        {
            return ([.. _objects.Where(o => o.Key.Plural == selectors.Type.Plural).Select(o => o.Value).Where(selectors.Match)], _version);
        }
    }

    /// <summary>Puts in a new object, or puts another in the place of the old one of its name; <c>default</c> is the namespace of one that names none.</summary>
    public JsonElement Put(ResourceType type, string json)
    {
        var node = Parse(type, json);
        var key = KeyOf(type, node);
        return Find(key) is null
            ? Create(type, node)
            : Change(key, current =>
            {
                foreach (var name in (ReadOnlySpan<string>)["uid", "creationTimestamp", "generation"])
                {
                    node.Metadata()[name] ??= current.Metadata()[name]?.DeepClone();
                }

                return node;
            })!.Value;
    }

    /// <summary>Adds an object.</summary>
    /// <exception cref="StatusException">One of its name exists.</exception>
    public JsonElement Create(ResourceType type, JsonObject node)
    {
        lock (_gate)
        {
            var key = KeyOf(type, node);
            if (_objects.ContainsKey(Index(key)))
            {
                throw StatusException.AlreadyExists(key.ToString());
            }

            var metadata = node.Metadata();
            metadata["uid"] ??= Guid.NewGuid().ToString();
            metadata["creationTimestamp"] ??= Rfc3339(time.GetUtcNow());
            metadata["generation"] ??= 1;
            node["apiVersion"] = type.ApiVersion;
            node["kind"] = type.Kind;
            return Store(key, null, node);
        }
    }

    /// <summary>Changes an object; null from the change deletes it, no difference is no change.</summary>
    /// <returns>The object as stored; null when it was deleted.</returns>
    /// <exception cref="StatusException">There is no such object, or the change refuses.</exception>
    public JsonElement? Change(StoreKey key, Func<JsonObject, JsonObject?> change)
    {
        lock (_gate)
        {
            if (!_objects.TryGetValue(Index(key), out var before))
            {
                throw StatusException.NotFound(key.ToString());
            }

            var after = change(before.ToNode());
            if (after is null)
            {
                Remove(key, before);
                return null;
            }

            after.Metadata()["resourceVersion"] = before.Text("metadata.resourceVersion");
            return JsonNode.DeepEquals(before.ToNode(), after) ? before : Store(key, before, after);
        }
    }

    /// <summary>Deletes an object at once, as <c>kubectl delete --force</c> does; false when there was none.</summary>
    public bool Delete(StoreKey key)
    {
        lock (_gate)
        {
            if (!_objects.TryGetValue(Index(key), out var before))
            {
                return false;
            }

            Remove(key, before);
            return true;
        }
    }

    /// <summary>The changes after a version; null when they are forgotten.</summary>
    public IReadOnlyList<StoredChange>? Since(long version)
    {
        lock (_gate)
        {
            return version < _compacted ? null : [.. _history.Where(c => c.Version > version)];
        }
    }

    /// <summary>Forgets the history up to now: whoever is not up to date has to list anew.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _compacted = _version;
            _history.Clear();
        }
    }

    /// <summary>Makes a version without an object that anybody watches, as other objects of a real server do all the time.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            _version++;
        }
    }

    public static StoreKey KeyOf(ResourceType type, JsonObject node) =>
        new(type, type.IsNamespaced ? (string?)node.Metadata()["namespace"] ?? "default" : "", (string)node.Metadata()["name"]!);

    public static string Rfc3339(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Parse(ResourceType type, string json)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        if (type.IsNamespaced)
        {
            node.Metadata()["namespace"] ??= "default";
        }

        return node;
    }

    private JsonElement Store(StoreKey key, JsonElement? before, JsonObject node)
    {
        node.Metadata()["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        var after = node.ToElement();
        _objects[Index(key)] = after;
        Remember(new StoredChange(_version, key.Type, before, after, null));
        return after;
    }

    private void Remove(StoreKey key, JsonElement before)
    {
        _objects.Remove(Index(key));
        var last = before.ToNode();
        last.Metadata()["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        Remember(new StoredChange(_version, key.Type, before, null, last.ToElement()));
    }

    private void Remember(StoredChange change)
    {
        _history.Add(change);
        Changed?.Invoke();
    }

    private static (string, string, string) Index(StoreKey key) => (key.Type.Plural, key.Namespace, key.Name);
}
