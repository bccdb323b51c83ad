using FsCheck;
using FsCheck.Fluent;
using VirtualKubelet.Logs.Tests.Support;
using VirtualKubelet.Testing;

namespace VirtualKubelet.Logs.Tests.Reading;

public class FileReadProperties
{
    [Fact]
    public void Any_selection_of_any_file_is_that_of_the_obvious_reader()
    {
        using var directory = new TempDirectory();
        var run = new ContainerRun(directory["0.log"]);
        var cases = from file in LogFiles.File from selection in LogFiles.Selection select (file, selection);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var (file, selection) = c;
            File.WriteAllBytes(run.Path, file);
            Assert.Equal(ReadOutcome.Of(() => ReferenceReader.Read(file, selection)), ReadOutcome.Of(() => ReadAsync(run, selection).GetAwaiter().GetResult()));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static async Task<byte[]> ReadAsync(ContainerRun run, LogSelection selection)
    {
        await using var streamer = new LogStreamer(new LogOptions { ReadBufferBytes = 4096, RingBufferBytes = 8192 }, TimeProvider.System);
        return await Reads.ReadAsync(streamer, run, selection);
    }
}
