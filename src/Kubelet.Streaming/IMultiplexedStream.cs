using System.IO.Pipelines;

namespace VirtualKubelet.Kubelet.Streaming;

/// <summary>One byte stream of a connection.</summary>
internal interface IMultiplexedStream
{
    /// <summary>What the peer sends, until its half-close, its reset or the end of the connection. Completing it discards the rest.</summary>
    PipeReader Input { get; }

    /// <summary>
    /// What the peer gets. A flush waits for the transport and reports <c>IsCompleted</c> once nobody will read any more; completing half-closes,
    /// and <c>CompleteAsync</c> returns when that is on the wire.
    /// </summary>
    PipeWriter Output { get; }

    /// <summary>Cancelled when the peer reset the stream, nobody read it for too long, or its connection ended.</summary>
    CancellationToken Aborted { get; }

    /// <summary>A header the stream was opened with, by its lower-case name.</summary>
    string? Header(string name);

    /// <summary>Tells the peer that the stream is open; before this nothing may be written.</summary>
    void Accept();

    /// <summary>Ends both directions at once; of a stream that was not accepted, a refusal.</summary>
    void Reset();

    /// <summary>Forgets the stream without a word: what still arrives for it is discarded.</summary>
    void Release();
}
