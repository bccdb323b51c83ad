using System.Diagnostics.CodeAnalysis;

namespace VirtualKubelet.Kubelet.Streaming.RemoteCommand;

/// <summary>The streams of a session by type, as the client opens them: in any order, each answered at once.</summary>
/// <param name="expected">The types without which nothing runs.</param>
internal sealed class StreamSet(IReadOnlyCollection<string> expected)
{
    private readonly Dictionary<string, IMultiplexedStream> _streams = new(StringComparer.OrdinalIgnoreCase);

    public bool IsComplete => _streams.Count == expected.Count;

    public IMultiplexedStream this[string type] => _streams[type];

    /// <summary>The types that a client must open over SPDY.</summary>
    public static IReadOnlyCollection<string> Expected(RemoteCommandStreams streams, bool hasResize)
    {
        List<string> types = [StreamHeaders.Error];
        AddIf(types, streams.Stdin, StreamHeaders.Stdin);
        AddIf(types, streams.Stdout, StreamHeaders.Stdout);
        AddIf(types, streams.HasStderr, StreamHeaders.Stderr);
        AddIf(types, hasResize, StreamHeaders.Resize);
        return types;
    }

    /// <summary>Takes a stream in, lets one that nobody asked for be, or refuses a second one of its type.</summary>
    public void Add(IMultiplexedStream stream)
    {
        var type = stream.Header(StreamHeaders.StreamType) ?? "";
        if (!expected.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            stream.Accept();
            stream.Input.Complete();
        }
        else if (_streams.TryAdd(type, stream))
        {
            stream.Accept();
        }
        else
        {
            stream.Reset();
        }
    }

    /// <summary>A stream that may not be part of the session.</summary>
    public bool TryGet(string type, [MaybeNullWhen(false)] out IMultiplexedStream stream) => _streams.TryGetValue(type, out stream);

    private static void AddIf(List<string> types, bool isExpected, string type)
    {
        if (isExpected)
        {
            types.Add(type);
        }
    }
}
