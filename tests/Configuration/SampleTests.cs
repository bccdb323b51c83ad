namespace VirtualKubelet.Configuration.Tests;

/// <summary>A directory per scenario: <c>node.yaml</c>, and for bad ones exactly the errors it gives in <c>errors.txt</c>.</summary>
public sealed class SampleTests
{
    public static TheoryData<string> Good => Scenarios("good");

    public static TheoryData<string> Bad => Scenarios("bad");

    [Theory]
    [MemberData(nameof(Good))]
    public void A_good_sample_is_read_and_fits_the_schema(string scenario)
    {
        var path = Path.Combine(RepositoryFiles.Samples("good"), scenario, "node.yaml");

        Assert.Empty(NodeConfigurationFile.Load(path).Errors);
        Assert.Empty(SchemaCheck.Errors(File.ReadAllText(path)));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_sample_gives_exactly_its_errors_and_no_node(string scenario)
    {
        var directory = Path.Combine(RepositoryFiles.Samples("bad"), scenario);
        var result = NodeConfigurationFile.Parse(File.ReadAllText(Path.Combine(directory, "node.yaml")), "node.yaml");

        Assert.NotEmpty(result.Errors);
        Assert.Empty(result.Nodes);
        RepositoryFiles.AssertRecorded(Path.Combine(directory, "errors.txt"), string.Concat(result.Errors.Select(e => $"{e}\n")));
    }

    private static TheoryData<string> Scenarios(string kind) =>
        [.. Directory.EnumerateDirectories(RepositoryFiles.Samples(kind)).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];
}
