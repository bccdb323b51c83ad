using FsCheck;
using FsCheck.Fluent;
using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Scripts;
using VirtualKubelet.Providers.Slurm.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Providers.Slurm.Tests.Scripts;

/// <summary>Nothing of a pod reaches a shell unquoted, or sbatch as an option the site has not allowed.</summary>
public sealed class HostileWorkloadTests : IDisposable
{
    private static readonly string[] Annotations =
        ["account", "constraint", "dependency", "exclusive", "gres", "licenses", "nodes", "ntasks", "partition", "qos", "reservation", "time-limit"];

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Whatever_the_strings_a_workload_is_refused_or_its_script_runs_the_shim_and_nothing_else()
    {
        var shim = FakeShim();
        var options = new SlurmProviderOptions
        {
            NodeName = "vk",
            WorkDirectory = _directory["work"],
            ShimPath = shim,
            GresByResource = new Dictionary<string, string> { ["nvidia.com/gpu"] = "gpu" },
            Annotations = new AnnotationPolicy
            {
                Allowed = Annotations.ToDictionary(name => name, _ => (IReadOnlyList<string>)[]),
                AllowedFlags = ["--nice", "--mail-type"],
            },
        };
        var accepted = 0;

        Prop.ForAll(Workloads().ToArbitrary(), workload =>
        {
            if (Render(workload, options) is { } script)
            {
                accepted++;
                Verify(script, shim, Path.Combine(options.WorkDirectory, WorkloadRules.DirectoryName(workload.Id)));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

        Assert.InRange(accepted, 10, 199);
        Assert.Equal(["shim '$(touch pwned)' \"x"], Directory.EnumerateFileSystemEntries(_directory.Path).Select(Path.GetFileName));
    }

    private static string? Render(Workload workload, SlurmProviderOptions options)
    {
        try
        {
            return JobScriptPreview.Render(workload, options);
        }
        catch (ProviderException e)
        {
            Assert.Equal(ProviderErrorKind.Invalid, e.Kind);
            return null;
        }
    }

    private static void Verify(string script, string shim, string podDirectory)
    {
        var lines = script.Split('\n');
        Assert.Equal("#!/bin/bash", lines[0]);
        Assert.All(lines.Skip(1).TakeWhile(line => line.Length > 0), line => Assert.Matches(@"^#SBATCH --[a-z-]+(=[^\s'""\\#]+)?$", line));
        Assert.DoesNotContain(lines, line => line.Contains("--uid", StringComparison.Ordinal) || line.Contains("--wrap", StringComparison.Ordinal));
        Assert.Equal(2, lines.SkipWhile(line => line.Length > 0).Count(line => line.Length > 0));
        Assert.Equal("", Bash.Run("-n", "-c", script));
        Assert.Equal($"run\0{podDirectory}\0", Bash.Run("-c", $"cd {ShellQuote.Word(Path.GetDirectoryName(shim)!)} || exit 1\n{script}"));
    }

    private string FakeShim()
    {
        var path = _directory["shim '$(touch pwned)' \"x"];
        File.WriteAllText(path, "#!/bin/sh\nprintf '%s\\0' \"$@\"\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private static Gen<Workload> Workloads() =>
        from @namespace in Hostile.Sometimes(Gen.Constant("default"))
        from name in Hostile.Sometimes(Gen.Constant("pod"))
        from uid in Hostile.Sometimes(Gen.Constant("0f3c"))
        from container in Hostile.Sometimes(Gen.Constant("main"))
        from argument in Hostile.Text
        from variable in Hostile.Sometimes(Gen.Constant("NAME"))
        from value in Hostile.Text
        from annotation in Gen.Elements(Annotations)
        from text in Gen.Frequency((3, Gen.Elements("2", "gpu:1", "true", "afterok:1", "a|b&c*[d]")), (1, Hostile.Text))
        from flags in Gen.Frequency((3, Gen.Elements("", "--nice=5", "--nice --mail-type=END,FAIL")), (1, Hostile.Text))
        from resource in Hostile.Sometimes(Gen.Elements("cpu", "memory", "nvidia.com/gpu"))
        from amount in Hostile.Sometimes(Gen.Elements("1", "500m", "1Gi"))
        select new Workload(new Pod
        {
            Metadata = new ObjectMeta
            {
                Namespace = @namespace,
                Name = name,
                Uid = uid,
                Annotations = new Dictionary<string, string>
                {
                    [$"slurm.virtual-kubelet.io/{annotation}"] = text,
                    ["slurm.virtual-kubelet.io/flags"] = flags,
                    ["somebody.else/annotation"] = argument,
                },
            },
            Spec = new PodSpec
            {
                Containers =
                [
                    new Container
                    {
                        Name = container,
                        Command = ["/bin/echo", argument],
                        Env = [new EnvVar { Name = variable, Value = value }],
                        Resources = new ResourceRequirements
                        {
                            Requests = new Dictionary<string, System.Text.Json.JsonElement>
                            {
                                [resource] = System.Text.Json.JsonSerializer.SerializeToElement(amount),
                            },
                        },
                    },
                ],
            },
        });
}
