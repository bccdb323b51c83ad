using System.Globalization;
using VirtualKubelet.Configuration.Yaml;

namespace VirtualKubelet.Configuration.Reading;

/// <summary>A place in the document's structure, spelled as Kubernetes spells field paths: <c>spec.taints[0].key</c>, <c>metadata.labels[a/b]</c>.</summary>
internal readonly record struct Location(ReadContext Context, string Path)
{
    public int ErrorCount => Context.Errors.Count;

    public Location Key(string name) => this with { Path = Path.Length == 0 ? name : $"{Path}.{name}" };

    public Location Index(int index) => this with { Path = string.Create(CultureInfo.InvariantCulture, $"{Path}[{index}]") };

    public Location Entry(string key) => this with { Path = $"{Path}[{key}]" };

    public void Remember(Position position) => Context.Remember(Path, position);

    public void Fail(Position position, string message) => Context.Report(position, Path, message);

    /// <summary>Reports what no single value shows, at the key's own place.</summary>
    public void Fail(string message) => Context.Report(Context.Find(Path), Path, message);
}
