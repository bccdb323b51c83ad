using System.Text;
using VirtualKubelet.Controllers.Pods;
using VirtualKubelet.Kubernetes;

namespace VirtualKubelet.Controllers.StaticPods;

/// <summary>
/// What all files together declare: one pod per key. Of two pods of one name or UID the first, by file name and place, is taken. What is wrong shows as a
/// pod, too: under the name it means while nothing else has that name, else under a name made from the file's.
/// </summary>
internal sealed class StaticPodSet
{
    private const int MaxNameLength = 200;

    private readonly Dictionary<PodKey, DeclaredPod> _pods = [];
    private readonly Dictionary<PodKey, string> _origins = [];
    private readonly Dictionary<string, string> _uids = new(StringComparer.Ordinal);
    private readonly List<(string Path, ManifestFault Fault)> _faults = [];

    private StaticPodSet()
    {
    }

    /// <summary>Merges files given in their order.</summary>
    public static IReadOnlyDictionary<PodKey, DeclaredPod> Merge(IEnumerable<ManifestFile> files)
    {
        var set = new StaticPodSet();
        foreach (var file in files)
        {
            set._faults.AddRange(file.Content.Faults.Select(fault => (file.FilePath, fault)));
            foreach (var pod in file.Content.Pods)
            {
                set.Add(file.FilePath, pod);
            }
        }

        set._faults.ForEach(f => set.Show(f.Path, f.Fault));
        return set._pods;
    }

    private void Add(string path, ManifestPod pod)
    {
        var error = _origins.TryGetValue(pod.Key, out var origin)
            ? $"{pod.Origin}: metadata.name: {pod.Key} is declared in {origin} already, which counts"
            : _uids.TryGetValue(pod.Pod.Metadata.Uid!, out origin) ? $"{pod.Origin}: metadata.uid: is used in {origin} already" : null;
        if (error is not null)
        {
            _faults.Add((path, new ManifestFault(null, pod.Place, [error], true)));
            return;
        }

        _pods.Add(pod.Key, new DeclaredPod(pod.Pod, []));
        _origins.Add(pod.Key, pod.Origin);
        _uids.Add(pod.Pod.Metadata.Uid!, pod.Origin);
    }

    private void Show(string path, ManifestFault fault)
    {
        var key = fault.Key is { } meant && !_pods.ContainsKey(meant) ? meant : FreeKey(path, fault.Place);
        var uid = StaticPodUid.Compute(Encoding.UTF8.GetBytes($"{key}\n{string.Join('\n', fault.Errors)}"), "", path);
        var metadata = new ObjectMeta
        {
            Namespace = key.Namespace,
            Name = key.Name,
            Uid = uid,
            Annotations = new Dictionary<string, string> { [StaticPodDefaults.ConfigSource] = "file" },
        };
        _pods.Add(key, new DeclaredPod(new Pod { Metadata = metadata }, fault.Errors));
    }

    private PodKey FreeKey(string path, string place)
    {
        var file = string.Concat(Path.GetFileName(path).ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        var name = $"manifest-{(file.Length > MaxNameLength ? file[..MaxNameLength] : file)}-{place}".Replace("--", "-", StringComparison.Ordinal);
        var key = new PodKey(StaticPodDefaults.Namespace, name);
        for (var n = 2; _pods.ContainsKey(key); n++)
        {
            key = key with { Name = $"{name}-{n}" };
        }

        return key;
    }
}
