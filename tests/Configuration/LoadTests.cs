namespace VirtualKubelet.Configuration.Tests;

public sealed class LoadTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vk-configuration-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        var path = Path.Combine(directory, "none.yaml");

        Assert.StartsWith($"{path}:1:1: cannot be read: ", Single(path).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_an_error() =>
        Assert.StartsWith("cannot be read", Single(directory).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_too_large_is_not_read() =>
        Assert.Equal("is larger than 1 MiB", Single(Write(new byte[NodeConfigurationFile.MaxBytes + 1])).Message);

    [Fact]
    public void A_file_without_end_is_not_read() =>
        Assert.Equal("is larger than 1 MiB", Single("/dev/zero").Message);

    [Fact]
    public void Bytes_that_are_no_text_are_an_error() =>
        Assert.Equal("is not UTF-8 text", Single(Write([0x61, 0xFF, 0xFE])).Message);

    [Fact]
    public void A_byte_order_mark_does_not_count()
    {
        byte[] text = [0xEF, 0xBB, 0xBF, .. File.ReadAllBytes(RepositoryFiles.Reference)];

        Assert.Empty(NodeConfigurationFile.Load(Write(text)).Errors);
    }

    [Fact]
    public void Line_ends_of_windows_do_not_count()
    {
        var text = File.ReadAllText(RepositoryFiles.Reference).ReplaceLineEndings("\r\n");

        Assert.Empty(NodeConfigurationFile.Parse(text, "node.yaml").Errors);
    }

    private static ConfigurationError Single(string path) => Assert.Single(NodeConfigurationFile.Load(path).Errors);

    private string Write(byte[] content)
    {
        var path = Path.Combine(directory, "node.yaml");
        File.WriteAllBytes(path, content);
        return path;
    }
}
