namespace VirtualKubelet.Controllers.Tests.Fakes;

/// <summary>A directory that is gone after the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("vk-controllers-").FullName;

    public string File(string name) => Path.Combine(Root, name);

    public void Write(string name, string text) => System.IO.File.WriteAllText(File(name), text);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
