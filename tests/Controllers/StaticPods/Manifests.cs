using System.Text;
using VirtualKubelet.Controllers.StaticPods;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Controllers.Tests.StaticPods;

/// <summary>Manifests for tests.</summary>
internal static class Manifests
{
    public const string Path = "/etc/manifests/hello.yaml";

    public static string Pod(string name, string command = "\"true\"", string image = "busybox") => $"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {name}
        spec:
          containers:
          - name: main
            image: {image}
            command: [{command}]

        """;

    public static ManifestContent Read(string text, string path = Path) => Read(Encoding.UTF8.GetBytes(text), path);

    public static ManifestContent Read(byte[] bytes, string path = Path) => new ManifestReader("node-1", new FakeTimeProvider()).Read(path, bytes);

    public static Pod Single(string text, string path = Path)
    {
        var content = Read(text, path);
        Assert.Empty(content.Faults.SelectMany(f => f.Errors));
        return Assert.Single(content.Pods).Pod;
    }

    public static IReadOnlyList<string> Errors(string text, string path = Path) => [.. Read(text, path).Faults.SelectMany(f => f.Errors)];
}
