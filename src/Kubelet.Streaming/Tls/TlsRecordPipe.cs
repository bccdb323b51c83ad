using System.IO.Pipelines;

namespace VirtualKubelet.Kubelet.Streaming.Tls;

/// <summary>A connection below its TLS, made for whole records both ways.</summary>
/// <param name="input">What arrives.</param>
/// <param name="output">What is sent.</param>
public sealed class TlsRecordPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    /// <summary>What arrives, record by record.</summary>
    public TlsRecordReader Input { get; } = new(input);

    /// <summary>What is sent.</summary>
    public TlsRecordWriter Output { get; } = new(output);

    PipeReader IDuplexPipe.Input => Input;

    PipeWriter IDuplexPipe.Output => Output;
}
