using System.Diagnostics;
using VirtualKubelet.Shim.Protocol;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Shim.Tests;

/// <summary>A pod with volumes, whose shim runs as the user of the tests or as one without any privilege.</summary>
internal sealed class MountPod(string user) : IAsyncDisposable
{
    /// <summary>Whoever runs the tests.</summary>
    public const string Self = "self";

    /// <summary>Nobody, where the tests run as root; otherwise they are an ordinary user themselves.</summary>
    public const string Ordinary = "ordinary";

    private readonly TestPod pod = new();

    public PodDirectoryLayout Layout => pod.Layout;

    /// <summary>Whether the shim runs where there are no more user namespaces to be had.</summary>
    public bool HasNoNamespaces { get; init; }

    private bool Changes => user == Ordinary && Environment.UserName == "root";

    /// <summary>A path in a volume, which is made.</summary>
    public string Volume(string name, string file = "") =>
        Path.Combine(Directory.CreateDirectory(pod.Layout.VolumeDirectory(name)).FullName, file);

    /// <summary>Writes the files of a volume as the agent does.</summary>
    public void Publish(string volume, string generation, params (string Name, string Content)[] files)
    {
        var directory = Volume(volume);
        Directory.CreateDirectory(Path.Combine(directory, generation));
        foreach (var (name, content) in files)
        {
            File.WriteAllText(Path.Combine(directory, generation, name), content);
            if (!Path.Exists(Path.Combine(directory, name)))
            {
                File.CreateSymbolicLink(Path.Combine(directory, name), $"..data/{name}");
            }
        }

        var link = Path.Combine(directory, "..data");
        File.Delete(link);
        File.CreateSymbolicLink(link, generation);
    }

    public ShimProcess Start(params ContainerPlan[] containers)
    {
        pod.Write(TestPod.Plan(containers));
        if (!Changes)
        {
            return pod.Start();
        }

        // Where the programs lie may be closed to others.
        var shim = pod.Scratch("shim");
        File.Copy(Binaries.Shim, shim);
        Shell($"chown -R 65534:65534 {pod.Layout.Root}");
        string[] become = ["--reuid=65534", "--regid=65534", "--clear-groups"];
        string[] last = HasNoNamespaces
            ? ["unshare", "--user", "--map-current-user", "--keep-caps", "/bin/sh", "-c", "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"", "sh"]
            : [];
        return pod.Start(new ProcessStartInfo("setpriv", [.. become, .. last, shim, "run", pod.Layout.Root]) { WorkingDirectory = "/tmp" });
    }

    /// <summary>Runs one container to its end.</summary>
    public async Task<(ContainerTerminated End, string Output)> RunAsync(ContainerPlan container)
    {
        var shim = Start(container);
        await shim.ExitCodeAsync();
        return (pod.State().Containers[0].Terminated!, File.Exists(pod.Layout.LogFile(container.Name, 0)) ? pod.Output(container.Name) : "");
    }

    /// <summary>A file that whoever opens it waits for.</summary>
    public string Fifo(string name)
    {
        Shell($"mkfifo {pod.Scratch(name)}");
        return pod.Scratch(name);
    }

    /// <summary>Waits until a program runs for this pod.</summary>
    public Task UntilProcessAsync(string program) =>
        pod.UntilAsync(_ => RunningProcesses.Find(words => words is [var first, ..] && first == program && words.Contains(pod.Layout.Root)).Count > 0);

    public void RequestStop(int graceSeconds) => pod.RequestStop(graceSeconds);

    public Task<string> FileAsync(string path) => pod.FileAsync(path);

    public Task<PodState> UntilAsync(Func<PodState, bool> condition) => pod.UntilAsync(condition);

    public string Output(string container) => pod.Output(container);

    public ValueTask DisposeAsync() => pod.DisposeAsync();

    private static void Shell(string script)
    {
        using var process = Process.Start("/bin/sh", ["-c", script]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
