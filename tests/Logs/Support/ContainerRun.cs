using System.Text;

namespace VirtualKubelet.Logs.Tests.Support;

/// <summary>A container run whose log file the test writes.</summary>
internal sealed class ContainerRun(string path) : ILogSource
{
    private volatile bool _ended;

    public string Path { get; } = path;

    public bool HasEnded => _ended;

    public void End() => _ended = true;

    public void Append(string text) => Append(Encoding.UTF8.GetBytes(text));

    public void Append(ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Write(bytes);
    }

    public void AppendLines(params string[] contents) => Append(string.Concat(contents.Select(c => Lines.Stdout(c))));

    /// <summary>As a kubelet does: rename, then a new file under the old name.</summary>
    public void Rotate(int sequence)
    {
        File.Move(Path, $"{Path}.20260102-{sequence:d6}");
        File.WriteAllBytes(Path, []);
    }
}
