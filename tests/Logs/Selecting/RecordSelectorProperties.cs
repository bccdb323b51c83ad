using FsCheck;
using FsCheck.Fluent;
using VirtualKubelet.Logs.Tests.Support;

namespace VirtualKubelet.Logs.Tests.Selecting;

public class RecordSelectorProperties
{
    private const int WindowBytes = 4096;

    [Fact]
    public void However_a_file_is_split_the_output_is_that_of_the_obvious_reader()
    {
        var cases = from file in LogFiles.File from selection in LogFiles.Selection from pieces in LogFiles.Pieces select (file, selection with { TailLines = null }, pieces);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var (file, selection, pieces) = c;
            Assert.Equal(ReadOutcome.Of(() => ReferenceReader.Read(file, selection)), ReadOutcome.Of(() => SelectorDriver.InPieces(file, selection, pieces, WindowBytes)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Random_bytes_never_throw_and_never_grow()
    {
        var alphabet = "2016-10-06T00:17:09.669794202Z stdout F P:\n{\"log\":}\0"u8.ToArray();
        var header = "2016-10-06T00:17:09.669794202Z stderr P start\n"u8.ToArray();
        var noise = Gen.Frequency((3, Gen.Elements(alphabet)), (1, Gen.Choose(0, 255).Select(b => (byte)b))).ArrayOf();
        var cases = from bytes in noise from selection in LogFiles.Selection from pieces in LogFiles.Pieces select (bytes, selection, pieces);

        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var (bytes, selection, pieces) = c;
            var file = header.Concat(bytes).ToArray();
            var lines = file.Count(b => b == '\n') + 1;
            Assert.InRange(SelectorDriver.InPieces(file, selection, pieces, WindowBytes).Length, 0, file.Length + (lines * 36));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
