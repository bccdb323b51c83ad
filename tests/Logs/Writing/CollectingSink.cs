using System.Text;
using VirtualKubelet.Logs.Writing;

namespace VirtualKubelet.Logs.Tests.Writing;

internal sealed class CollectingSink : ICriSink
{
    private readonly List<byte> written = [];

    public int Writes { get; private set; }

    public IReadOnlyList<string> Records => Encoding.Latin1.GetString([.. written]).Split('\n')[..^1];

    public void Write(ReadOnlySpan<byte> records)
    {
        Writes++;
        written.AddRange(records);
        Assert.Equal((byte)'\n', records[^1]);
    }
}
