namespace VirtualKubelet.Providers.Slurm.Tests.FakeSlurm;

/// <summary>
/// Slurm's commands as small scripts that keep each job as a line in a file and count their calls. Jobs do nothing: a test
/// says what becomes of them. It may also make a command misbehave, by a snippet of bash that runs first.
/// </summary>
internal sealed class FakeCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("vk-slurm-");

    public FakeCluster()
    {
        foreach (var name in (string[])["bin", "calls", "jobs", "rules", "work"])
        {
            _root.CreateSubdirectory(name);
        }

        const UnixFileMode executable = UnixFileMode.UserRead | UnixFileMode.UserExecute;
        foreach (var script in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "FakeSlurm", "commands")))
        {
            var copy = Path.Combine(BinDirectory, Path.GetFileName(script));
            File.Copy(script, copy);
            File.SetUnixFileMode(copy, executable);
        }
    }

    public string BinDirectory => this["bin"];

    public string WorkDirectory => this["work"];

    public string this[string name] => Path.Combine(_root.FullName, name);

    /// <summary>Makes a command do something else first; the snippet may refer to <c>$site</c>.</summary>
    public void Rule(string command, string snippet) => Write(Path.Combine("rules", command), snippet);

    /// <summary>Lets a command be itself again.</summary>
    public void NoRule(string command) => File.Delete(this[Path.Combine("rules", command)]);

    /// <summary>Arguments of each call of a command.</summary>
    public string[] Calls(string command)
    {
        var path = this[Path.Combine("calls", command)];
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }

    public IReadOnlyList<string> JobIds => [.. Directory.EnumerateFiles(this["jobs"]).Select(f => Path.GetFileName(f)!).Where(f => f[0] != '.').Order()];

    /// <summary>Says what squeue tells of a job from now on.</summary>
    public void Set(string jobId, string state, string reason = "None", string exit = "0", DateTimeOffset? start = null, DateTimeOffset? end = null, string nodes = "n0")
    {
        var fields = File.ReadAllText(this[Path.Combine("jobs", jobId)]).TrimEnd('\n').Split('|');
        Write(Path.Combine("jobs", jobId), $"{state}|{reason}|{exit}|{Time(start)}|{Time(end)}|{nodes}|{fields[6]}|{fields[7]}\n");
    }

    /// <summary>Puts a job into the queue that nobody submitted.</summary>
    public void Add(string jobId, string comment, string name, string state = "RUNNING") =>
        Write(Path.Combine("jobs", jobId), $"{state}|None|0|1700000000|N/A|n0|{comment}|{name}\n");

    /// <summary>Lets squeue forget a job.</summary>
    public void Forget(string jobId) => File.Delete(this[Path.Combine("jobs", jobId)]);

    /// <summary>What sacct prints from now on; before the first call the cluster has no accounting.</summary>
    public void History(string output) => Write("history", output);

    /// <summary>Opens the gate that <see cref="WaitForGate"/> stands at.</summary>
    public void OpenGate() => Write("gate", "");

    /// <summary>A snippet that waits until the gate is open, or the test over.</summary>
    public const string WaitForGate = """while [ -d "$site/rules" ] && [ ! -e "$site/gate" ]; do sleep 0.02; done""";

    /// <summary>Waits until something holds that scripts bring about.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(timeout.IsCancellationRequested, $"waited in vain until {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    public Task UntilCalledAsync(string command, int times) =>
        UntilAsync(() => Calls(command).Length >= times, $"{command} was called {times} times");

    /// <summary>Waits for so many more calls of a command.</summary>
    public Task CallsPassAsync(string command, int more) => UntilCalledAsync(command, Calls(command).Length + more);

    public void Dispose()
    {
        Directory.Delete(this["rules"], recursive: true);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _root.Delete(recursive: true);
                return;
            }
            catch (IOException) when (attempt < 50)
            {
                // A command that outlived its provider is just writing its last file.
                Thread.Sleep(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private static string Time(DateTimeOffset? time) => time is { } t ? t.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture) : "N/A";

    private void Write(string name, string content)
    {
        var path = this[name];
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.new");
        File.WriteAllText(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }
}
