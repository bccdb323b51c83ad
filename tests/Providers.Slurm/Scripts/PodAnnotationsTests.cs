using VirtualKubelet.Kubernetes;
using VirtualKubelet.Providers.Slurm.Scripts;

namespace VirtualKubelet.Providers.Slurm.Tests.Scripts;

public sealed class PodAnnotationsTests
{
    private static readonly AnnotationPolicy Policy = new()
    {
        Allowed = new Dictionary<string, IReadOnlyList<string>>
        {
            ["partition"] = ["batch", "debug"],
            ["constraint"] = [],
            ["nodes"] = [],
            ["exclusive"] = [],
            ["time-limit"] = [],
        },
        AllowedFlags = ["--nice"],
    };

    [Fact]
    public void Allowed_annotations_are_read_and_those_of_others_ignored()
    {
        var read = PodAnnotations.Read(
            Metadata(("partition", "debug"), ("constraint", "a100&ib"), ("nodes", "3"), ("exclusive", "true"), ("time-limit", "90m"), ("flags", " --nice=5\n\t--nice ")),
            Policy);

        Assert.Equal(("debug", "a100&ib", 3, 1), (read["partition"], read["constraint"], read.Count("nodes"), read.Count("ntasks")));
        Assert.True(read.Exclusive);
        Assert.Equal(TimeSpan.FromMinutes(90), read.TimeLimit);
        Assert.Equal(["--nice=5", "--nice"], read.Flags);
    }

    [Fact]
    public void A_pod_without_annotations_asks_for_nothing()
    {
        var read = PodAnnotations.Read(new ObjectMeta(), new AnnotationPolicy());

        Assert.Null(read["partition"]);
        Assert.Equal((1, false, null), (read.Count("nodes"), read.Exclusive, read.TimeLimit));
        Assert.Empty(read.Flags);
    }

    [Theory]
    [InlineData("partition", "gpu", "allowed are batch, debug")]
    [InlineData("account", "chem", "is not allowed on this node")]
    [InlineData("priority", "1", "is not known")]
    [InlineData("constraint", "a b", "a character that no sbatch option may have")]
    [InlineData("constraint", "", "a character that no sbatch option may have")]
    [InlineData("nodes", "0", "not a whole number above zero")]
    [InlineData("nodes", "1-4", "not a whole number above zero")]
    [InlineData("exclusive", "yes", "must be \"true\" or \"false\"")]
    [InlineData("time-limit", "soon", "is no time limit")]
    [InlineData("flags", "--uid=0", "long options only")]
    [InlineData("flags", "-n4", "long options only")]
    [InlineData("flags", "--nice=1 --nicer", "long options only")]
    [InlineData("flags", "--nice=$(id)", "a character that no sbatch option may have")]
    [InlineData("flags", "--nice=5\r", "a character that no sbatch option may have")]
    public void What_the_site_has_not_allowed_is_refused_by_name(string name, string value, string words)
    {
        var error = Assert.Throws<ProviderException>(() => PodAnnotations.Read(Metadata((name, value)), Policy));

        Assert.Equal(ProviderErrorKind.Invalid, error.Kind);
        Assert.Contains($"slurm.virtual-kubelet.io/{name}", error.Message);
        Assert.Contains(words, error.Message);
    }

    [Fact]
    public void All_errors_are_named_at_once()
    {
        var error = Assert.Throws<ProviderException>(() => PodAnnotations.Read(Metadata(("partition", "gpu"), ("nodes", "x"), ("flags", "--uid=0")), Policy));

        Assert.Equal(3, error.Message.Split("; annotation ").Length);
    }

    private static ObjectMeta Metadata(params (string Name, string Value)[] annotations) => new()
    {
        Annotations = annotations
            .Select(a => KeyValuePair.Create($"slurm.virtual-kubelet.io/{a.Name}", a.Value))
            .Append(KeyValuePair.Create("example.com/partition", "$(id)"))
            .ToDictionary(),
    };
}
